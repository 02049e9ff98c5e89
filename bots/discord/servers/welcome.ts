// A few words when somebody added us to a server, once.

import type { Reply } from '#core/domain/messages/reply.ts';
import { DiscordNo } from '../api/call.ts';
import { renderDiscord } from '../draw/render.ts';
import { postOnce } from '../said/post-once.ts';
import { said } from '../said/words.ts';
import type { ServersDeps } from './deps.ts';
import { firstChannel } from './may-post.ts';
import type { JoinedGuild } from './shapes.ts';

const CALL_MS = 5_000;

/** Nothing waits for it, and it is not tried again: whoever added us goes on without it. */
export async function welcome({ call, brandName, log }: Pick<ServersDeps, 'call' | 'brandName' | 'log'>, guild: JoinedGuild, me: string) {
  const channel = firstChannel(guild, me);
  if (channel === null) return;
  const [post] = renderDiscord(sayWelcome(brandName));
  try {
    await postOnce(call, channel.id, post!, { key: `welcome ${guild.id} ${guild.joined_at}`, below: null }, AbortSignal.timeout(CALL_MS));
  } catch (error) {
    log.warn({ guildId: guild.id, ...(error instanceof DiscordNo ? { code: error.code } : { error }) }, 'welcome not posted');
  }
}

function sayWelcome(brandName: string): Reply {
  return said(
    `${brandName} is ready`,
    [
      `Mention ${brandName} with a request, such as “find me 25 leads in Miami”, or use /ask. The answer says what it costs at most, and follows in a thread.`,
      'If no team pays for requests on this server yet, somebody who manages it chooses one with /link.',
    ].join('\n\n'),
  );
}
