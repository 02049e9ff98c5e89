// Discord takes no answer to an interaction any more: a direct message says it, as well as it goes.

import type { Reply } from '#core/domain/messages/reply.ts';
import { madeSchema } from '../api/answers.ts';
import { renderDiscord } from '../draw/render.ts';
import { bodyOf } from '../out/message.ts';
import type { ActsDeps } from './deps.ts';

const CALL_MS = 5_000;
const POSTS_MOST = 5;

/** Never rejects. */
export async function tellDirectly(
  { call, log }: Pick<ActsDeps, 'call' | 'log'>,
  interaction: string,
  user: string,
  reply: Reply,
): Promise<void> {
  const post = async (path: string, body: object) => call({ method: 'POST', path, body }, AbortSignal.timeout(CALL_MS));
  try {
    const { id: channel } = madeSchema.parse(await post('/users/@me/channels', { recipient_id: user }));
    const posts = renderDiscord(reply).slice(0, POSTS_MOST);
    // No nonce of a letter has a colon.
    for (const [part, { components }] of posts.entries())
      await post(`/channels/${channel}/messages`, bodyOf(components, { nonce: `i:${interaction}:${part}`, enforce_nonce: true }));
  } catch (error) {
    log.warn({ interactionId: interaction, error }, 'private answer not shown');
  }
}
