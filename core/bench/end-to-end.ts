// Tasks per second from ask to settled result with agents that answer at once, against bare jobs of the same queue.

import { readConfig } from '#core/contracts/env.ts';
import { newId, type TaskId } from '#core/domain/ids.ts';
import type { Agents } from '#core/ports/agents.ts';
import type { Log } from '#core/ports/log.ts';
import { startProduct } from '#core/product/product.ts';
import { benchQueue } from './queue.ts';
import { median, type BenchRow } from './row.ts';
import { makeTeams } from './world.ts';

const ROUNDS = 3;
const TASKS = 1_500;
const CALLERS = 50;

export async function benchEndToEnd(databaseUrl: string, dataDir: string, log: Log): Promise<BenchRow> {
  const product = await startProduct(readConfig({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir, PORT: '0', ROLES: 'worker' }), {
    log,
    agents: instantAgents,
  });
  const { app, core } = product;
  try {
    const teams = await makeTeams(core.store, 100);
    const rounds: { ours: number; limit: number }[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const { jobsPerSecond } = await benchQueue(databaseUrl, log);
      const before = await ended();
      const begun = performance.now();
      let next = 0;
      const ask = async () => {
        while (next < TASKS) {
          const { userId, teamId } = teams[next++ % teams.length]!;
          await app.tasks.ask({
            key: `e2e:${newId<TaskId>()}`,
            threadRef: `web:${newId()}`,
            from: { kind: 'user', userId, teamId },
            text: 'what is the capital of France?',
            at: new Date(),
          });
        }
      };
      await Promise.all(Array.from({ length: CALLERS }, ask));
      // Every look costs the server something, so it is not done too often.
      while ((await ended()) - before < TASKS) await new Promise((resolve) => setTimeout(resolve, 50));
      if (round > 0) rounds.push({ ours: TASKS / ((performance.now() - begun) / 1000), limit: jobsPerSecond });
    }
    return {
      name: 'end to end, instant agents',
      unit: 'tasks/s',
      value: median(rounds.map(({ ours }) => ours)),
      limit: median(rounds.map(({ limit }) => limit)),
      ratio: median(rounds.map(({ ours, limit }) => ours / limit)),
      aim: 0.4,
    };

    async function ended(): Promise<number> {
      const { rows } = await core.store.money.query<{ count: number }>(
        { text: `SELECT count(*)::int AS count FROM tasks WHERE status = 'completed'` },
        [],
      );
      return rows[0]!.count;
    }
  } finally {
    await product.stop();
  }
}

export const instantAgents: Agents = {
  async run(_job, watch) {
    await watch.sending({ gateway: 'bench', bootId: 'bench' });
    await watch.accepted();
    return {
      kind: 'done',
      text: 'Paris.',
      files: [],
      sample: false,
      usage: { inputTokens: 100, outputTokens: 10, toolCalls: 0, durationMs: 1, costMicroUsd: 0 },
    };
  },
  async check() {},
  async close() {},
};
