import { threadRefs } from '../thread-refs.ts';

/** `slack:T1:C9:1712.345678`; `slack:T1:C9:` asks for a new thread in the channel. */
export const refs = threadRefs('slack', {
  team: /[TE][A-Z0-9]{1,20}/,
  channel: /[CDG][A-Z0-9]{1,20}/,
  thread: /|\d{1,12}\.\d{6}/,
});

export type SlackAddress = NonNullable<ReturnType<typeof refs.parse>>;
