// All that the gateway tells, except presses and commands, handed to the core.

import type { Context } from '#bots/adapter.ts';
import { keptPlaces } from '#bots/places.ts';
import type { Call } from './api/call.ts';
import type { Dispatch, GatewayParts } from './gateway/dispatch.ts';
import type { Guilds } from './gateway/guilds.ts';
import type { Titles } from './out/deps.ts';
import { serverHandlers } from './servers/servers.ts';
import type { DiscordSettings } from './settings.ts';
import { again } from './said/again.ts';
import type { SaidDeps } from './said/deps.ts';
import { saidHandlers, settledMessages } from './said/handlers.ts';
import { discordMembers } from './said/members.ts';
import { discordPrivate, type Private } from './said/private.ts';

interface Needs {
  readonly call: Call;
  readonly guilds: Guilds;
  /** Our own user's id. */
  readonly me: () => Promise<string>;
  readonly titles: Titles;
}

export interface Listening {
  readonly dispatch: Dispatch;
  readonly concerns: NonNullable<GatewayParts['concerns']>;
  readonly settled: NonNullable<GatewayParts['settled']>;
  readonly forOne: Private;
  /** Judges a message once more, for its author alone (again.ts). */
  again(...given: Again): ReturnType<typeof again>;
  /** Resolves when all that was begun has ended. */
  ended(): Promise<void>;
  /** Takes nothing more besides, and leaves what waits to the next process. */
  stop(): Promise<void>;
}

type Again = Parameters<typeof again> extends [unknown, ...infer Given] ? Given : never;

export function listening(
  { app, brandName, settings, budgets, inbox, clock, log }: Context<DiscordSettings>,
  { call, guilds, me, titles }: Needs,
): Listening {
  const members = discordMembers({ call, clock });
  const forOne = discordPrivate({ call, guilds, clock, log });
  const places = keptPlaces(app.workspaces, clock);
  const deps: SaidDeps = {
    app,
    brandName,
    settings,
    call,
    me,
    guilds,
    members,
    places,
    forOne,
    titles,
    budgets,
    clock,
    log,
  };
  const said = saidHandlers(deps, inbox);
  return {
    dispatch: {
      ...said.dispatch,
      ...serverHandlers({ app, brandName, call, me, members, attempt: forOne.attempt, clock, log }),
    },
    concerns: said.concerns,
    settled: settledMessages(deps),
    forOne,
    again: (...given) => again(deps, ...given),
    ended: forOne.ended,
    async stop() {
      await said.stop();
      await forOne.ended();
    },
  };
}
