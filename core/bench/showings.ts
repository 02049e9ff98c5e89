// What it takes of a processor to show the steps of a thousand running tasks, on a platform that takes every edit at once:
// ours is everything but writing down the steps, which is done anyway.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { readConfig } from '#core/contracts/env.ts';
import { newId, type TaskId, type TeamId } from '#core/domain/ids.ts';
import { showWork } from '#core/flows/messages/show-work.ts';
import type { Log } from '#core/ports/log.ts';
import type { Shower } from '#core/ports/shower.ts';
import { startProduct } from '#core/product/product.ts';
import type { Store } from '#core/store/database/store.ts';
import { instantAgents } from './end-to-end.ts';
import type { BenchRow } from './row.ts';
import { makeTeams } from './world.ts';

const TASKS = 1_000;
const CHANNELS = 100;
const TEAMS = 20;
/** Each task has a new step, or ends one, every five seconds. */
const EVENTS_A_SECOND = 200;
const EVERY_MS = 100;
const MEASURED_MS = 20_000;
/** As in Slack. */
const EDIT_EVERY_MS = 1_200;
/** `/proc` counts in hundredths of a second. */
const TICK_MS = 10;

export async function benchShowings(databaseUrl: string, dataDir: string, log: Log): Promise<BenchRow[]> {
  const product = await startProduct(readConfig({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir, PORT: '0', ROLES: 'web' }), {
    log,
    agents: instantAgents,
  });
  const worker = new Worker(new URL('./edit-taker.ts', import.meta.url));
  try {
    const { store } = product.core;
    const [port] = (await once(worker, 'message')) as [number];
    const tasks = await makeTasks(store);
    const asked = async () => {
      worker.postMessage('how much?');
      return ((await once(worker, 'message')) as [{ usedMs: number; taken: number }])[0];
    };
    const measure = async () => {
      const [ours, theirs, server] = [process.cpuUsage(), await asked(), await serverMs(store)];
      await writeSteps(store, tasks);
      const used = process.cpuUsage(ours);
      const after = await asked();
      return {
        oursMs: (used.user + used.system) / 1000 - (after.usedMs - theirs.usedMs),
        serverMs: (await serverMs(store)) - server,
        edits: after.taken - theirs.taken,
      };
    };

    await writeSteps(store, tasks, 2_000);
    const without = await measure();
    const stopping = new AbortController();
    const showing = showWork(product.core, new Map([['bench', showerAt(port)]]), stopping.signal);
    await writeSteps(store, tasks, 2_000);
    const along = await measure();
    stopping.abort();
    await showing;

    const percent = (ms: number) => (ms / MEASURED_MS) * 100;
    const name = `edits of 1,000 running tasks (${Math.round(along.edits / (MEASURED_MS / 1000))} a second)`;
    const [ours, server] = [along.oursMs - without.oursMs, along.serverMs - without.serverMs];
    return [
      { name, unit: '% of core', value: percent(ours + server), limit: null, ratio: null, aim: null, most: 10 },
      { name: '… of that in PostgreSQL', unit: '% of core', value: percent(server), limit: null, ratio: null, aim: null },
    ];
  } finally {
    await worker.terminate();
    await product.stop();
  }
}

function showerAt(port: number): Shower {
  return {
    platform: 'bench',
    everyMs: EDIT_EVERY_MS,
    async show({ messageRef, reply }, signal) {
      const response = await fetch(`http://127.0.0.1:${port}/messages/${messageRef}`, {
        method: 'PUT',
        signal,
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(reply),
      });
      await response.json();
    },
  };
}

interface BenchTask {
  readonly id: TaskId;
  readonly teamId: TeamId;
}

/** Running tasks whose first words are posted. */
async function makeTasks(store: Store): Promise<BenchTask[]> {
  const teams = await makeTeams(store, TEAMS);
  const tasks = Array.from({ length: TASKS }, (_, i) => ({ id: newId<TaskId>(), teamId: teams[i % TEAMS]!.teamId }));
  await store.money.query(
    {
      text: `WITH given AS (
          SELECT t.id, t.team, t.n, uuidv7() AS conversation FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS t(id, team, n)
        ), talks AS (
          INSERT INTO conversations (id, team_id, platform, thread_ref, address, channel, created_at)
          SELECT conversation, team, 'bench', 'bench:' || n, 'bench:' || n, 'c' || n % $3::int, now() FROM given
        ), work AS (
          INSERT INTO tasks (id, team_id, conversation_id, platform, type, because, request_text, status, rate_version, estimate_low, estimate_high, deadline_at, created_at)
          SELECT id, team, conversation, 'bench', 'research', '', 'research oat milk', 'processing', 1, 1, 1, now() + interval '1 h', now() FROM given
        ) SELECT 1`,
    },
    [tasks.map(({ id }) => id), tasks.map(({ teamId }) => teamId), CHANNELS],
  );
  await store.money.query(
    {
      text: `INSERT INTO showings (task_id, platform, route, message_ref, queued, next_at, free_at)
             SELECT t.id, 'bench', c.channel, c.thread_ref, false, now(), now() FROM tasks t JOIN conversations c ON c.id = t.conversation_id WHERE t.platform = 'bench'`,
    },
    [],
  );
  for (let i = 0; i < 20; i++) await Promise.all(tasks.map((task) => writeStep(store, task, i)));
  return tasks;
}

/** So many steps a second, as the workers write them. */
async function writeSteps(store: Store, tasks: readonly BenchTask[], ms = MEASURED_MS): Promise<void> {
  const begun = performance.now();
  for (let written = 0; performance.now() - begun < ms;) {
    const due = Math.floor(((performance.now() - begun) / 1000) * EVENTS_A_SECOND) - written;
    await Promise.all(
      Array.from({ length: due }, (_, i) => writeStep(store, tasks[(written + i) % TASKS]!, 20 + Math.floor((written + i) / TASKS))),
    );
    written += due;
    await sleep(EVERY_MS);
  }
}

function writeStep(store: Store, { id, teamId }: BenchTask, i: number): Promise<void> {
  const data = { id: `step-${i >> 1}`, title: `Read page ${i >> 1} of the results`, state: i % 2 === 0 ? 'running' : 'done' };
  return store.events.write({ taskId: id, teamId, kind: 'step', data, at: new Date() });
}

/** What the server's processes for us have used so far, in ms; 0 where it is no Linux. */
async function serverMs(store: Store): Promise<number> {
  const { rows } = await store.money.query<{ pid: number }>(
    { text: `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'impacter%'` },
    [],
  );
  return rows.reduce((sum, { pid }) => sum + usedBy(pid), 0);
}

function usedBy(pid: number): number {
  try {
    const [, rest] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ') as [string, string];
    const fields = rest.split(' ');
    // utime and stime: fields 14 and 15, of which the first two stand before the bracket.
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return 0;
  }
}
