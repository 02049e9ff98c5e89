// Tokens of interactions, by which one person alone is answered. Each may be posted with a few times; a try that posted nothing takes
// none of them, and neither does looking at a post or editing it.

import type { ReplyHandles } from '#core/ports/reply-handles.ts';
import { handleKey } from '../keys.ts';
import { remembered } from './remembered.ts';

export interface AnswerTokens {
  /** To post with, once; null where there is none any more. Rejects while the database is away. */
  take(interaction: string): Promise<string | null>;
  /** Nothing was posted with it. */
  giveBack(interaction: string, token: string): void;
  /** What this process posted with last. */
  lastOf(interaction: string): string | undefined;
  /** This post can be edited with the token, by this process. */
  posted(message: string, token: string): void;
  ofPost(message: string): string | undefined;
  forgetPost(message: string): void;
}

const KEPT_MOST = 2_000;

export function answerTokens(handles: Pick<ReplyHandles, 'find'>): AnswerTokens {
  const last = remembered<string>(KEPT_MOST);
  const unused = remembered<string>(KEPT_MOST);
  const posts = remembered<string>(KEPT_MOST);
  return {
    async take(interaction) {
      const spare = unused.of(interaction);
      unused.forget(interaction);
      const token = spare ?? (await handles.find(handleKey(interaction)));
      if (token !== null) last.note(interaction, token);
      return token;
    },
    giveBack: (interaction, token) => unused.note(interaction, token),
    lastOf: (interaction) => last.of(interaction),
    posted: (message, token) => posts.note(message, token),
    ofPost: (message) => posts.of(message),
    forgetPost: (message) => posts.forget(message),
  };
}
