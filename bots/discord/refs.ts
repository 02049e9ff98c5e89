import { threadRefs } from '../thread-refs.ts';

/**
 * The last part is the channel that is posted in. `discord:G:C:M`: the thread of message M in channel C, which has the id of M before
 * it exists; a thread T with parent C is `discord:G:C:T`, the same form, and so is a forum post. `discord:G:C:C`: a place without
 * threads, such as the text of a voice channel. `discord:@me:D:D`: a direct message. `discord:G:C:`: asks for a new thread.
 * `discord:@user:U:I`: what is for user U alone, answered through interaction I while that works, then in a direct message.
 */
export const refs = threadRefs('discord', {
  guild: /@me|@user|\d{17,20}/,
  channel: /\d{17,20}/,
  thread: /|\d{17,20}/,
});

export type DiscordAddress = NonNullable<ReturnType<typeof refs.parse>>;
