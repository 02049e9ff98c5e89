// Everything that Slack tells us, put together.

import type { Context, Mount } from '#bots/adapter.ts';
import type { Call } from '../api/call.ts';
import type { SlackPulse } from '../health.ts';
import type { Status } from '../out/status.ts';
import { slackDirectory } from '../said/directory.ts';
import { inOrder } from '#bots/in-order.ts';
import { slackPrivate } from '../said/private.ts';
import { slackRules } from '../said/rules.ts';
import type { SlackSettings } from '../settings.ts';
import type { TokensOf } from '../tokens-of.ts';
import type { Bolt } from './bolt.ts';
import { slackEvents } from './http.ts';
import { slackListeners } from './listeners.ts';
import { loadedOnce } from './loaded-once.ts';
import { openSlackSocket } from './socket.ts';

export interface Inbound {
  readonly mount: Mount;
  stop(): Promise<void>;
}

/** Rejects where the token for Socket Mode is wrong. */
export async function slackInbound(
  context: Context<SlackSettings>,
  { call, tokens, status, pulse }: { readonly call: Call; readonly tokens: TokensOf; readonly status: Status; readonly pulse: SlackPulse },
): Promise<Inbound> {
  const { app, clock, log, brandName, settings } = context;
  const forOne = slackPrivate({ call, tokens, clock, log });
  const directory = slackDirectory({ call, tokens, clock });
  const rules = slackRules(app.workspaces, clock);
  const listen = slackListeners({ app, brandName, call, tokens, directory, rules, order: inOrder(), forOne, status, clock, log });
  const bolt = loadedOnce<Bolt>(async () => {
    const opened = (await import('./bolt.ts')).openBolt(listen, log);
    return {
      handle(...told) {
        pulse.told();
        return opened.handle(...told);
      },
    };
  });
  // It takes half of the three seconds in which a real Slack wants its first answer.
  if (settings.seeds === undefined) bolt().catch((error: unknown) => log.warn({ error }, 'Bolt not loaded; the first request tries again'));
  const { signingSecrets: secrets, appToken } = settings;
  const socket = appToken === null ? null : await openSlackSocket({ appToken, call, tokens, bolt, pulse, clock, log });
  return {
    mount: slackEvents({ secrets, tokens, bolt, clock, log }),
    async stop() {
      await socket?.stop();
      await forOne.ended();
    },
  };
}
