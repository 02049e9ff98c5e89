// The direct messages of a person with us. Opening them says nothing of whether they are closed: posting there does.

import { PostError } from '#core/ports/poster.ts';
import { madeSchema } from '../api/answers.ts';
import { DiscordAway } from '../api/errors.ts';
import type { OutDeps } from './deps.ts';
import { refs } from '../refs.ts';
import { remembered } from './remembered.ts';

/** Gives the channel's id. Nothing is posted where it rejects. */
export type DirectWith = (user: string, signal: AbortSignal) => Promise<string>;

const KEPT_MOST = 2_000;

export function directMessages({ call }: Pick<OutDeps, 'call'>): DirectWith {
  const channels = remembered<string>(KEPT_MOST);
  return async (user, signal) => {
    const known = channels.of(user);
    if (known !== undefined) return known;
    try {
      const made = await call({ method: 'POST', path: '/users/@me/channels', body: { recipient_id: user } }, signal);
      const { id } = madeSchema.parse(made);
      channels.note(user, id);
      return id;
    } catch (error) {
      if (error instanceof DiscordAway) throw new PostError('later', error.message, { cause: error });
      throw error;
    }
  };
}

/** A direct message is one conversation. */
export function directRef(channel: string): string {
  return refs.format({ guild: '@me', channel, thread: channel });
}
