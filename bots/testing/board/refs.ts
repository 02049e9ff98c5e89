import { threadRefs } from '#bots/thread-refs.ts';

/** `board:general:17`; `board:general:` asks for a new thread. */
export const refs = threadRefs('board', { channel: /[a-z0-9-]{1,40}/, thread: /\d{0,15}/ });
