// Editing our posts while work goes on. An edit carries no letter's key, or the event that tells of it could pass for the letter.

import { randomBytes } from 'node:crypto';
import { PostError } from '#core/ports/poster.ts';
import type { Shower } from '#core/ports/shower.ts';
import { renderSlack } from '../draw/render.ts';
import type { OutDeps } from './deps.ts';
import type { Status } from './status.ts';
import { addressOf, keyed } from './poster.ts';
import { notInstalled, postErrorFrom } from './troubles.ts';

/** Slack takes about fifty edits a minute in a workspace. */
const EVERY_MS = 1_200;

export function slackShower({
  call,
  tokens,
  status,
}: Pick<OutDeps, 'call' | 'tokens'> & { readonly status: Pick<Status, 'over' | 'goesOn'> }): Shower {
  return {
    platform: 'slack',
    everyMs: EVERY_MS,
    async show({ threadRef, messageRef, reply, version, closed }, signal) {
      const { team, channel } = addressOf(threadRef);
      if (!/^\d{1,12}\.\d{6}$/.test(messageRef)) throw new PostError('never', 'not a message of Slack', { why: 'gone' });
      if (closed) status.over(threadRef);
      else status.goesOn(threadRef);
      try {
        const installation = await tokens.of(team);
        if (installation === null) throw notInstalled();
        // Each version of a message wants other ids for its blocks, also when it looks the same.
        const id = `work-${version}-${randomBytes(4).toString('hex')}`;
        const { text, blocks } = keyed(renderSlack(reply)[0]!, id);
        await call(
          'chat.update',
          installation.tokens.bot,
          { channel, ts: messageRef, text, blocks, parse: 'none', link_names: false },
          signal,
        );
      } catch (error) {
        throw postErrorFrom(error);
      }
    },
  };
}
