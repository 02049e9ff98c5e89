// How a channel is called, so that limits, the portal and exports show its name rather than its id. No message says it: it is asked for
// once an hour where somebody asks for something.

import { z } from 'zod';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import type { App } from '#core/flows/app.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Call } from '../api/call.ts';
import { channelOf } from '../keys.ts';

export interface PlaceNames {
  /** After the confirmation. `name`: of whoever the direct messages are with. Never rejects. */
  seen(here: Installation, channel: string, name: string): Promise<void>;
}

const KEPT_MS = 60 * 60_000;
const KEPT_MOST = 5_000;
const CALL_MS = 5_000;

export function slackPlaceNames({
  workspaces,
  call,
  clock,
  log,
}: { readonly workspaces: Pick<App['workspaces'], 'placeNamed'>; readonly call: Call } & {
  readonly clock: Clock;
  readonly log: Log;
}): PlaceNames {
  const known = new Map<string, number>();
  return {
    async seen({ externalId: team, tokens }, channel, name) {
      const ref = channelOf(team, channel);
      const nowMs = clock.now().getTime();
      if ((known.get(ref) ?? 0) > nowMs) return;
      known.delete(ref);
      known.set(ref, nowMs + KEPT_MS);
      if (known.size > KEPT_MOST) known.delete(known.keys().next().value!);
      const place = { ref, platform: 'slack', workspace: team };
      try {
        if (channel.startsWith('D')) return await workspaces.placeNamed({ ...place, kind: 'direct', name, private: true });
        const answer = infoSchema.parse(await call('conversations.info', tokens.bot, { channel }, AbortSignal.timeout(CALL_MS)));
        const { name: called, is_private: isPrivate } = answer.channel;
        await workspaces.placeNamed({ ...place, kind: 'channel', name: called ? `#${called}` : null, private: isPrivate === true });
      } catch (error) {
        known.delete(ref);
        log.warn({ team, error }, 'name of a channel not known');
      }
    },
  };
}

const infoSchema = z.object({ channel: z.object({ name: z.string().nullish(), is_private: z.boolean().nullish() }) });
