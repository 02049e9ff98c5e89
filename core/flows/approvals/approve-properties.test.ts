// Random requests, approvals and cancellations of two people of one team, several at once, in any order and repeated. Whatever
// happens, nothing is held without a request that its person approved, and nothing stays held.

import fc from 'fast-check';
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import type { Actor } from '#core/domain/actor.ts';
import { newId, type TaskId, type TeamId } from '#core/domain/ids.ts';
import { verifyLedger } from '#core/store/credits/ledger-verify.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { sharedTeam } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';

const HOUR_MS = 3_600_000;
const agents = agentsThat((job) => done('Here they are.', [csvOf('leads.csv', job.quantity ?? 3)]));
const clock = clockByHand();
const stage = forAll(() => openStage({ agents, clock }));

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('ask' as const), leads: fc.constantFrom(4, 11, 30), who: fc.nat(1), where: fc.nat(1) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('approve' as const), which: fc.nat(9), who: fc.nat(1), times: fc.constantFrom(1, 3) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(9), who: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), hours: fc.constantFrom(1, 25) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

test('nothing is held without a request that its person approved, and nothing stays held', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 8 }),
    async (rounds) => {
      const world = await team();
      for (const round of rounds) {
        await Promise.all(round.map((each) => happen(world, each)));
        // Not meanwhile: whoever waits for an answer would see their patience end.
        for (const each of round) if (each.kind === 'wait') clock.forward(each.hours * HOUR_MS);
      }
      await checkEnd(world);
    },
  );
  await fc.assert(property, { numRuns: 20 });
});

interface Asked {
  readonly taskId: TaskId;
  readonly who: number;
  readonly leads: number;
}

interface World {
  readonly teamId: TeamId;
  readonly actors: readonly Actor[];
  readonly conversations: readonly string[];
  readonly asked: Asked[];
  /** Approved by their person, with success. */
  readonly approved: Set<TaskId>;
}

async function team(): Promise<World> {
  const { core, app, person } = stage();
  const people = [await person(0), await person(0)] as const;
  const { teamId, actors } = await sharedTeam(
    core,
    'Acme',
    [
      [people[0], 'owner'],
      [people[1], 'member'],
    ] as const,
    90,
  );
  await app.privacy.setTeamSettings(actors[0], { confirmAbove: '10000000' });
  return { teamId, actors, conversations: [newId(), newId()], asked: [], approved: new Set() };
}

async function happen(world: World, each: Step): Promise<void> {
  const { app } = stage();
  const { actors, asked, approved } = world;
  switch (each.kind) {
    case 'ask': {
      const { userId, teamId } = actors[each.who]!;
      const taken = await app.tasks.ask({
        key: `test:${newId()}`,
        threadRef: `web:${world.conversations[each.where]!}`,
        from: { kind: 'user', userId, teamId },
        text: `find me ${each.leads} leads`,
        at: clock.now(),
      });
      expect(taken.kind).toBe(taken.kind === 'refused' ? 'refused' : each.leads > 10 ? 'approval' : 'task');
      if (taken.kind !== 'refused') asked.push({ taskId: taken.taskId, who: each.who, leads: each.leads });
      return;
    }
    case 'approve': {
      const of = asked[each.which % Math.max(1, asked.length)];
      if (of === undefined) return;
      const answers = await Promise.allSettled(Array.from({ length: each.times }, () => app.tasks.approve(actors[each.who]!, of.taskId)));
      const yes = answers.filter(({ status }) => status === 'fulfilled');
      if (yes.length > 0) {
        expect(each.who).toBe(of.who);
        approved.add(of.taskId);
      }
      for (const answer of answers)
        if (answer.status === 'rejected')
          expect((answer.reason as { code: string }).code).toMatch(/^(approval\.|task\.over|credits\.short)/);
      return;
    }
    case 'cancel': {
      const of = asked[each.which % Math.max(1, asked.length)];
      if (of === undefined) return;
      await app.tasks.cancel(actors[each.who]!, of.taskId).catch((error: { code: string }) => {
        expect(error.code).toMatch(/^(task\.over|not\.allowed)$/);
      });
      return;
    }
    case 'wait':
      return;
  }
}

async function checkEnd({ teamId, actors, asked, approved }: World): Promise<void> {
  const { app, core, databaseUrl } = stage();
  clock.forward(25 * HOUR_MS);
  for (const { taskId } of asked)
    await vi.waitFor(async () => expect(await app.tasks.get(actors[0]!, taskId)).toMatchObject({ over: true }));
  const { rows } = await core.store.money.query<{ task_id: TaskId; holds: number }>(
    {
      text: `SELECT t.id AS task_id, (SELECT count(*)::int FROM holds h WHERE h.task_id = t.id) AS holds FROM tasks t WHERE t.team_id = $1`,
    },
    [teamId],
  );
  const holds = new Map(rows.map((row) => [row.task_id, row.holds]));
  for (const { taskId, leads } of asked) {
    if (leads <= 10 || approved.has(taskId)) expect(holds.get(taskId)).toBe(1);
    else expect(holds.get(taskId)).toBe(0);
  }
  expect((await core.store.people.wallet(teamId)).held).toBe(0n);
  const client = new pg.Client(databaseUrl);
  await client.connect();
  expect((await verifyLedger(client).finally(() => client.end())).wrong).toBeNull();
}
