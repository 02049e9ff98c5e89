// A model that is asked too often, or whose service fails, may answer the next time.
import { beforeEach, expect, test } from 'vitest';
import type { AgentJob, AgentOutcome } from '#core/ports/agents.ts';
import { agentsThat, csvOf, done, someUsage } from '#core/testing/stages/agents-that.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';

let does: (job: AgentJob) => AgentOutcome;
const agents = agentsThat((job) => does(job));
const world = forAll(() => openStage({ agents }));
beforeEach(() => {
  agents.jobs.length = 0;
});

test('work whose model is in passing trouble is tried again as a new run, charged once, and what each run used is known', async () => {
  does = (job) =>
    agents.jobs.length < 3
      ? { kind: 'failed', reason: 'HTTP 429: too many requests', usage: someUsage }
      : done('Here.', [csvOf('leads.csv', job.quantity!)]);
  const ada = await world().person();
  const task = await ada.get('find me 3 leads');
  expect(task).toMatchObject({ status: 'completed', creditsUsed: 3 });
  expect(agents.jobs.map(({ runId }) => runId)).toEqual([1, 2, 3].map((n) => `task-${task.id}-a${n}`));
  expect(new Set(agents.jobs.map(({ sessionKey }) => sessionKey)).size).toBe(3);
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 3', 'settle 3']);
  const { rows } = await world().core.store.money.query<{ outcome: string; used: boolean }>(
    {
      text: 'SELECT outcome, usage IS NOT NULL AS used FROM attempts WHERE task_id = $1 ORDER BY number',
    },
    [task.id],
  );
  expect(rows).toEqual(['failed', 'failed', 'done'].map((outcome) => ({ outcome, used: true })));
});

test('a model whose trouble does not pass ends the work after three runs, and nothing is charged', async () => {
  does = () => ({ kind: 'failed', reason: 'HTTP 500: overloaded', usage: someUsage });
  const ada = await world().person();
  expect(await ada.get('find me 3 leads')).toMatchObject({ status: 'failed', creditsUsed: 0, failure: { code: 'agent.failed' } });
  expect(agents.jobs).toHaveLength(3);
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 3', 'release 3']);
});

test('emails are not written a second time because of a model in trouble', async () => {
  does = () => ({ kind: 'failed', reason: 'HTTP 500: overloaded', usage: someUsage });
  const ada = await world().person();
  expect(await ada.get('write 10 emails to my customers')).toMatchObject({ status: 'failed', failure: { code: 'agent.failed' } });
  expect(agents.jobs).toHaveLength(1);
});
