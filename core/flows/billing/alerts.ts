// Tells a team that its credits run low: owners and billing members by email, and once a day the channel where it asked last. Each
// alert comes once until the team is refilled. A balance that only rises because a task returned credits refills nothing.

import { alertKinds, alertsAt, toldOf } from '#core/domain/billing/alert.ts';
import { daysLeftAt } from '#core/domain/credits/balance-colour.ts';
import { amountOf } from '#core/domain/credits/credits.ts';
import type { TeamToLookAt } from '#core/store/billing/alerts.ts';
import { writeMail } from '../mail/mail.ts';
import type { Core } from '../runtime/core.ts';
import { patiently } from '../runtime/patiently.ts';

const LOOK_EVERY_MS = 60_000;
const TEAMS_AT_ONCE = 200;

/** Until the signal aborts. */
export async function watchBalances(core: Core, signal: AbortSignal): Promise<void> {
  await patiently(core, { wakeOn: [], idleMs: LOOK_EVERY_MS, signal }, async () => {
    await lookAtBalances(core);
    return false;
  });
}

/** Exported for tests. */
export async function lookAtBalances(core: Core): Promise<void> {
  const before = new Date(core.clock.now().getTime() - LOOK_EVERY_MS / 2);
  for (const team of await core.store.alerts.moved(before, TEAMS_AT_ONCE)) await lookAt(core, team);
}

async function lookAt(core: Core, team: TeamToLookAt): Promise<void> {
  const { store, settings, clock, log } = core;
  const { teamId, free, held, lastPurchase } = team;
  const [pace, people, found] = await Promise.all([
    core.paces.fresh(teamId),
    store.customers.wantMail(teamId, 'low-credits'),
    store.teams.find(teamId),
  ]);
  const at = clock.now();
  const daysLeft = daysLeftAt(free, pace) ?? null;
  const wanted = alertsAt(free, lastPurchase, daysLeft);
  await store.money.transaction(async (client) => {
    if (!(await store.alerts.look(client, team, at))) return;
    await store.alerts.clear(
      client,
      team,
      alertKinds.filter((kind) => !wanted.includes(kind)),
      at,
    );
    const raised = await store.alerts.raise(client, teamId, wanted, at);
    if (raised.length === 0) return;
    const told = toldOf(
      raised.map(({ kind }) => kind),
      daysLeft,
    );
    const about = { team: found?.name ?? '', left: amountOf(free), ...told, url: `${settings.publicUrl}/buy` };
    for (const { userId, email } of people)
      await writeMail(
        core,
        { key: `low-credits:${raised[0]!.id}:${userId}`, to: email, saying: { kind: 'low-credits', ...about } },
        client,
      );
    const days = daysLeft === null ? {} : { daysLeft };
    const saying = { kind: 'balance', available: amountOf(free), inUse: amountOf(held), low: true, ...days } as const;
    const inChat = await store.alerts.tellChannel(client, teamId, saying, settings.readHere, at);
    log.info({ teamId, kinds: raised.map(({ kind }) => kind), inChat }, 'credits run low');
  });
}
