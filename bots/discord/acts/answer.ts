// An interaction is answered within three seconds: with what it led to, or with a promise of it.

import type { Wait } from '#core/flows/runtime/patience.ts';
import type { DiscordPost } from '../draw/render.ts';

/** One interaction, by HTTP or by the gateway. */
export interface InteractionDoor {
  readonly id: string;
  readonly token: string;
  /** The first answer: in the HTTP response, or by the callback address. */
  respond(body: object): Promise<void>;
  /** By performance.now(). */
  readonly cameMs: number;
}

export type Answer =
  | { readonly kind: 'posts'; readonly posts: readonly DiscordPost[] }
  | { readonly kind: 'modal'; readonly modal: object }
  | { readonly kind: 'nothing' };

/** Never rejects. */
export type AnswerOrDefer = (
  door: InteractionDoor,
  what: 'command' | 'component' | 'form',
  work: (wait: Wait) => Promise<Answer>,
) => Promise<void>;
