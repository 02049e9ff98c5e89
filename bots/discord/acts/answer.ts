// What an interaction is answered with, and what it leads to. What it is answered with concerns one person, so nobody else sees it; what
// concerns a task is a letter in its thread.

import type { Reply } from '#core/domain/messages/reply.ts';
import type { Wait } from '#core/flows/runtime/patience.ts';

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
  | { readonly kind: 'private'; readonly reply: Reply }
  | { readonly kind: 'modal'; readonly modal: object }
  | { readonly kind: 'nothing' };

/** How long the interaction has waited, and how long the core may take, as it stands when the core is asked. */
export type WaitOf = () => Exclude<Wait, number>;

/**
 * `command`: whoever gave it sees that it is being worked on. `component`: a button, or a form that was opened by one; nothing is to be seen.
 * `form`: a form may open, which Discord takes as the first answer alone.
 */
export type Asked = 'command' | 'component' | 'form';

/** What an interaction leads to, once it is known where it was made. */
export interface Doing {
  /** A promise is given before the work begins: what it leads to may be posted in the place of the answer, and only after that. */
  readonly isPromised?: boolean;
  /** `isOpen`: Discord takes answers to this interaction. Never rejects. */
  does(wait: WaitOf, isOpen: boolean): Promise<Answer>;
}

export interface Work {
  readonly asked: Asked;
  /** Where this takes long, a promise is given meanwhile. */
  begin(): Promise<Doing>;
  /** Says it in another way, where Discord takes no answer. */
  otherwise(reply: Reply): void;
}

export interface Answering {
  /** Never rejects. */
  answer(door: InteractionDoor, work: Work): Promise<void>;
}
