// How long until a committed line has reached a thousand open event streams, against a bare server that has only to write
// the same bytes to a thousand open answers.

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { readConfig } from '#core/contracts/env.ts';
import { newId, type TaskId } from '#core/domain/ids.ts';
import type { Log } from '#core/ports/log.ts';
import { startProduct } from '#core/product/product.ts';
import type { Store } from '#core/store/database/store.ts';
import { instantAgents } from './end-to-end.ts';
import { median, type BenchRow } from './row.ts';
import { makeTeams, type BenchTeam } from './world.ts';

const STREAMS = 1_000;
const PER_USER = 20;
const ROUNDS = 15;

export async function benchStreams(databaseUrl: string, dataDir: string, log: Log): Promise<BenchRow[]> {
  const product = await startProduct(readConfig({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir, PORT: '0', ROLES: 'web' }), {
    log,
    agents: instantAgents,
  });
  const { store } = product.core;
  try {
    const teams = await makeTeams(store, STREAMS);
    return [
      await reach('1,000 streams of one team', product.url!, store, teams.slice(0, 1), await keysOfOneTeam(store, teams), 0.4),
      await reach('1,000 streams of 1,000 teams', product.url!, store, teams, await keysOfEach(store, teams), 0.2),
    ];
  } finally {
    await product.stop();
  }
}

async function reach(name: string, url: string, store: Store, teams: readonly BenchTeam[], keys: string[], aim: number): Promise<BenchRow> {
  const bare = await openBare();
  const [ours, theirs] = [await openReaders(Number(new URL(url).port), '/api/events', keys), await openReaders(bare.port, '/', keys)];
  const rounds: { ours: number; limit: number }[] = [];
  try {
    // The first round warms up both.
    for (let i = 0; i <= ROUNDS; i++) {
      const limit = await theirs.after(bare.tell);
      const value = await ours.after(() => write(store, teams));
      if (i > 0) rounds.push({ ours: value, limit });
    }
  } finally {
    await Promise.all([ours.close(), theirs.close()]);
    await bare.close();
  }
  return {
    name: `a line reaches ${name}`,
    unit: 'ms',
    value: median(rounds.map(({ ours }) => ours)),
    limit: median(rounds.map(({ limit }) => limit)),
    ratio: median(rounds.map(({ ours, limit }) => limit / ours)),
    aim,
  };
}

/** One transaction with a line for each of the teams. Gives the time just before it commits. */
async function write(store: Store, teams: readonly BenchTeam[]): Promise<number> {
  const { rows } = await store.money.query<{ at: string }>(
    {
      name: 'bench lines',
      text: `WITH written AS (
               INSERT INTO task_events (task_id, team_id, kind, data, at) SELECT $2, team, 'step', '{"title":"Looking"}', now() FROM unnest($1::uuid[]) team)
             SELECT count(pg_notify('impacter', 'events:' || team)), extract(epoch FROM clock_timestamp()) * 1000 AS at FROM unnest($1::uuid[]) team`,
    },
    [teams.map(({ teamId }) => teamId), newId<TaskId>()],
  );
  return Number(rows[0]!.at);
}

/** A user has twenty streams, so a team of fifty has a thousand. */
async function keysOfOneTeam(store: Store, teams: readonly BenchTeam[]): Promise<string[]> {
  const { teamId } = teams[0]!;
  const members = teams.slice(0, STREAMS / PER_USER);
  await store.money.query(
    {
      text: `INSERT INTO members (id, team_id, user_id, role) SELECT gen_random_uuid(), $1, u, 'member' FROM unnest($2::uuid[]) u ON CONFLICT DO NOTHING`,
    },
    [teamId, members.map(({ userId }) => userId)],
  );
  const keys = await Promise.all(members.map(async ({ userId }) => (await store.people.addApiKey(userId, teamId, 'bench')).key));
  return keys.flatMap((key) => Array.from({ length: PER_USER }, () => key));
}

function keysOfEach(store: Store, teams: readonly BenchTeam[]): Promise<string[]> {
  return Promise.all(teams.map(async ({ userId, teamId }) => (await store.people.addApiKey(userId, teamId, 'bench')).key));
}

async function openReaders(port: number, path: string, keys: string[]) {
  const worker = new Worker(new URL('./stream-readers.ts', import.meta.url), { workerData: { port, path, keys } });
  await once(worker, 'message');
  return {
    /** Milliseconds from when it was told until the last reader got it. */
    async after(tell: () => Promise<number>): Promise<number> {
      const [[reachedAt], toldAt] = await Promise.all([once(worker, 'message') as Promise<[number]>, tell()]);
      return reachedAt - toldAt;
    },
    close: () => worker.terminate(),
  };
}

async function openBare() {
  const open = new Set<ServerResponse>();
  const server = createServer((_request, response) => {
    response.write('retry: 3000\n\n');
    open.add(response);
    response.on('close', () => open.delete(response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const text = `id: 1234567-1234567\ndata: {"taskId":"${newId()}","kind":"step","at":"${new Date().toISOString()}","data":{"title":"Looking"}}\n\n`;
  return {
    port: (server.address() as AddressInfo).port,
    async tell() {
      const at = performance.timeOrigin + performance.now();
      for (const response of open) response.write(text);
      return at;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
