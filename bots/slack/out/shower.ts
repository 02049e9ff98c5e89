// Editing our posts while work goes on. An edit carries no letter's key, or the event that tells of it could pass for the letter.

import { randomBytes } from 'node:crypto';
import type { Clock } from '#core/ports/clock.ts';
import { PostError } from '#core/ports/poster.ts';
import type { Shower } from '#core/ports/shower.ts';
import { renderSlack } from '../draw/render.ts';
import type { OutDeps } from './deps.ts';
import type { Status } from './status.ts';
import { slackStreams } from './streams.ts';
import { addressOf, keyed } from './poster.ts';
import { notInstalled, postErrorFrom } from './troubles.ts';

/** Edits of one channel. */
const EVERY_MS = 1_200;
/**
 * Slack takes fifty edits a minute in a workspace (`chat.update` is tier 3): thirty for whatever comes, and twenty that are kept for
 * posts whose work is over. Both are a little less, so that no minute has more.
 */
const SHARED_EVERY_MS = 2_100;
const ENDS_EVERY_MS = 3_200;
/** The edit of a press (decided.ts) is done by then, or is not coming. */
const DECISIONS_AFTER_MS = 8_000;

interface ShowerDeps extends OutDeps {
  readonly clock: Clock;
  readonly status: Pick<Status, 'over' | 'goesOn'>;
}

export function slackShower({ call, tokens, budgets, settings, clock, status }: ShowerDeps): Shower {
  const isLimited = settings.editsAreLimited !== false;
  const streams = slackStreams({ call, budgets, clock, isLimited });
  return {
    platform: 'slack',
    everyMs: EVERY_MS,
    showsDecisions: true,
    decisionsAfterMs: DECISIONS_AFTER_MS,
    async show({ threadRef, messageRef, reply, version, closed, stream, decision }, signal) {
      const address = addressOf(threadRef);
      const { team, channel } = address;
      if (!/^\d{1,12}\.\d{6}$/.test(messageRef)) throw new PostError('never', 'not a message of Slack', { why: 'gone' });
      if (decision === undefined) {
        if (closed) status.over(threadRef);
        else status.goesOn(threadRef);
      }
      try {
        const installation = await tokens.of(team);
        if (installation === null) throw notInstalled();
        const token = installation.tokens.bot;
        const shown = stream === undefined ? null : await streams.show({ address, token, messageRef, reply, closed, stream }, signal);
        // What is over is said in the first post too, where the button to cancel it was.
        if (shown?.againAt !== undefined) return shown;
        if (isLimited) await mayEdit(team, closed);
        // Each version of a message wants other ids for its blocks, also when it looks the same.
        const id = `work-${version}-${randomBytes(4).toString('hex')}`;
        const { text, blocks } = keyed(renderSlack(reply)[0]!, id);
        await call('chat.update', token, { channel, ts: messageRef, text, blocks, parse: 'none', link_names: false }, signal);
        return shown ?? undefined;
      } catch (error) {
        throw postErrorFrom(error);
      }
    },
  };

  /** Rejects until the workspace takes another edit. What is over goes first: it is what people must not be left without. */
  async function mayEdit(team: string, closed: boolean): Promise<void> {
    const waitMs = await budgets.take(`slack:${team}/edits`, SHARED_EVERY_MS);
    if (waitMs === null) return;
    const endsMs = closed ? await budgets.take(`slack:${team}/ends`, ENDS_EVERY_MS) : waitMs;
    if (endsMs !== null)
      throw new PostError('later', 'Slack takes no more edits in this workspace now', { retryAfterMs: Math.min(waitMs, endsMs) });
  }
}
