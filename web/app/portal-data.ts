// What the frame of the pages for members shows, on every page that has it.

import { asNumber, micro } from '#core/domain/credits/credits.ts';
import { may } from '#core/domain/team/permission.ts';
import { teamPlaces } from './team/places.ts';
import type { Who } from './visit.ts';
import type { Visited } from './visited.ts';

export async function portalData({ app, actor, loggedIn, isOperator, isOperatorWithoutTwoFactor }: Visited<Who>) {
  const cursor = await app.live.cursor();
  const [{ available, inUse, colour, words, version }, teams, undelivered] = await Promise.all([
    app.credits.balance(actor),
    app.accounts.teamsOf(actor),
    app.messages.undeliveredCount(actor),
  ]);
  return {
    cursor,
    balance: { available: asNumber(micro(available)), inUse: asNumber(micro(inUse)), colour, words, version },
    teamId: actor.teamId,
    name: loggedIn.name,
    email: loggedIn.email,
    teams: teams.map(({ teamId, name }) => ({ teamId, name })),
    team: teams.find(({ teamId }) => teamId === actor.teamId)!.name,
    /** Where this member may go. */
    places: [
      { to: '/dashboard', label: 'Tasks' },
      ...(may(actor.role, 'credits.see') ? [{ to: '/credits', label: 'Credits' }] : []),
      { to: '/team', label: 'Team' },
      // Who is told there to turn two-factor on must find the page.
      ...(isOperator({ actor, loggedIn }) || isOperatorWithoutTwoFactor({ actor, loggedIn })
        ? [{ to: '/operator', label: 'Operator' }]
        : []),
    ],
    teamPlaces: teamPlaces(actor.role, { undelivered }),
  };
}

export type PortalData = Awaited<ReturnType<typeof portalData>>;
