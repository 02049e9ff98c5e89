// Everything that Slack tells us, put together.

import type { Context, Mount } from '#bots/adapter.ts';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import { welcome } from '../acts/welcome.ts';
import type { Call } from '../api/call.ts';
import type { SlackPulse } from '../health.ts';
import { slackOrphans } from '../out/orphans.ts';
import type { Status } from '../out/status.ts';
import { slackDirectory } from '../said/directory.ts';
import { slackPlaceNames } from '../said/place-names.ts';
import { slackPrivate } from '../said/private.ts';
import { slackRules } from '../said/rules.ts';
import type { SlackSettings } from '../settings.ts';
import type { TokensOf } from '../tokens-of.ts';
import type { Bolt } from './bolt.ts';
import { slackSaid } from './events.ts';
import { slackEvents } from './http.ts';
import { slackListeners } from './listeners.ts';
import { loadedOnce } from './loaded-once.ts';
import { openSlackSocket } from './socket.ts';

export interface Inbound {
  readonly mount: Mount;
  /** Greets whoever installed the app, besides. */
  welcome(here: Installation, user: string): void;
  stop(): Promise<void>;
}

/** Rejects where the token for Socket Mode is wrong. */
export async function slackInbound(
  context: Context<SlackSettings>,
  { call, tokens, status, pulse }: { readonly call: Call; readonly tokens: TokensOf; readonly status: Status; readonly pulse: SlackPulse },
): Promise<Inbound> {
  const { app, hints, clock, log, brandName, settings } = context;
  const forOne = slackPrivate({ call, tokens, clock, log });
  const directory = slackDirectory({ call, tokens, hints, clock });
  const rules = slackRules(app, hints, clock);
  const names = slackPlaceNames({ workspaces: app.workspaces, call, clock, log });
  const orphans = slackOrphans({ app, call, clock, log });
  const deps = { app, brandName, call, tokens, directory, rules, names, forOne, status, orphans, clock, log };
  const listen = slackListeners(deps);
  const events = slackSaid({ ...deps, inbox: context.inbox });
  const loaded = loadedOnce<Bolt>(async () => (await import('./bolt.ts')).openBolt(listen, log));
  const told: Bolt = {
    async handle(body, about) {
      pulse.told();
      return events.take(body, about) ?? (await loaded()).handle(body, about);
    },
  };
  // It takes half of the three seconds in which a real Slack wants its first answer.
  if (settings.seeds === undefined)
    loaded().catch((error: unknown) => log.warn({ error }, 'Bolt not loaded; the first request tries again'));
  const bolt = async () => told;
  const { signingSecrets: secrets, appToken } = settings;
  const socket = appToken === null ? null : await openSlackSocket({ appToken, call, tokens, bolt, pulse, clock, log });
  return {
    mount: slackEvents({ secrets, tokens, bolt, clock, log }),
    welcome: (here, user) => forOne.attempt(welcome(deps, here, user, null, { installed: true })),
    async stop() {
      await socket?.stop();
      await Promise.all([events.stop(), orphans.stop()]);
      directory.stop();
      rules.stop();
      await forOne.ended();
    },
  };
}
