import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { boardPeople, type BoardPeople } from '#bots/testing/board/client.ts';
import { startBoard } from '#bots/testing/board/sandbox/server.ts';
import { credits } from '#core/domain/credits/credits.ts';
import { newId } from '#core/domain/ids.ts';
import { startOpenClawSandbox } from '#core/sandbox/openclaw/gateway.ts';
import { startS3Sandbox } from '#core/sandbox/s3/server.ts';
import { migrate } from '#core/store/database/migrate.ts';
import { openMoney } from '#core/store/database/money.ts';
import { ledgerOver } from '#core/store/credits/ledger.ts';
import { verifyLedger } from '#core/store/credits/ledger-verify.ts';
import { crashPoints, type CrashPoint } from './crashing-product.ts';
import { createTestDatabase } from '../runner/database.ts';
import { PATIENCE_MS } from '../runner/patience.ts';
import { quietLog } from '../runner/quiet-log.ts';
import { temporaryFolder } from '../runner/temporary-folder.ts';

// It is many starts of the product.
vi.setConfig({ testTimeout: 180_000 });

const TASKS_AT_EACH_POINT = 9;
/** It dies the nth time it gets there: with other tasks already past the point, where the point is not one of whole batches. */
const TIMES: Record<CrashPoint, number> = {
  'after-commit': 4,
  'before-kept': 4,
  'after-kept': 4,
  'before-queue': 1,
  'during-run': 4,
  'before-edit': 2,
  'after-edit': 3,
  'before-finish': 4,
  'before-delivery': 1,
  'before-marked': 4,
};

test(`${crashPoints.length * TASKS_AT_EACH_POINT} people get exactly one result and one bill each, although the product is killed at every point of the way`, async () => {
  const world = await openWorld();
  for (const [index, point] of crashPoints.entries()) {
    const channel = `at-${index}`;
    await world.people.channel(channel);
    const threads: string[] = [];
    // Another person at each point: nobody may ask so much within a minute.
    const from = { id: `person-${index}`, name: 'Ann' };
    const files = (i: number) =>
      point.endsWith('kept') ? [{ name: `list-${i}.csv`, mime: 'text/csv', bytes: Buffer.from(`name\n${i}\n`) }] : [];
    await world.duringCrash(point, TIMES[point], async () => {
      for (let i = 0; i < TASKS_AT_EACH_POINT; i++)
        threads.push((await world.people.say(channel, `find me ${i + 3} leads in Miami`, { from, files: files(i) })).thread);
    });
    await world.untilAllAnswered(channel, threads);
  }

  // What was posted but not marked is looked for after its lease; only then is it known that nothing is shown twice.
  const open = async () =>
    (await world.database.query(`SELECT state, count(*)::int AS letters FROM letters WHERE state <> 'sent' GROUP BY state`)).rows;
  await vi.waitFor(async () => expect(await open()).toEqual([]));
  const results = await resultsOf(world.people);
  expect(results.filter((count) => count !== 1)).toEqual([]);
  expect(results).toHaveLength(crashPoints.length * TASKS_AT_EACH_POINT);
  // Nothing is left that looks as if work went on.
  const firstPosts = async () =>
    Map.groupBy(
      (await world.people.messages()).filter(({ from }) => from === null),
      ({ thread }) => thread,
    );
  await vi.waitFor(async () => expect([...(await firstPosts()).values()].filter(([first]) => !first!.text.includes('Done'))).toEqual([]));

  const { rows } = await world.database.query(
    `SELECT t.status, t.credits_used = t.quantity * 1000000 AS right_price, count(*) FILTER (WHERE x.type = 'settle')::int AS settlements
     FROM tasks t LEFT JOIN transactions x ON x.task_id = t.id GROUP BY t.id`,
  );
  expect(rows).toEqual(rows.map(() => ({ status: 'completed', right_price: true, settlements: 1 })));
  // What was attached is there, each file once, and nothing waits to be fetched.
  const { rows: inputs } = await world.database.query(
    `SELECT (SELECT count(DISTINCT f.task_id)::int FROM files f WHERE f.role = 'input' AND f.removed_at IS NULL) AS tasks,
       (SELECT count(*)::int FROM files f WHERE f.role = 'input') AS files, (SELECT count(*)::int FROM waiting_inputs) AS waiting`,
  );
  expect(inputs).toEqual([{ tasks: 2 * TASKS_AT_EACH_POINT, files: 2 * TASKS_AT_EACH_POINT, waiting: 0 }]);
  expect(rows).toHaveLength(crashPoints.length * TASKS_AT_EACH_POINT);
  expect(Object.values(world.runCounts())).toEqual(rows.map(() => 1));
  expect(await verifyLedger(world.database)).toMatchObject({ wrong: null });
});

interface World {
  readonly people: BoardPeople;
  readonly database: pg.Client;
  /** Lets the product run until it kills itself at the point, and starts it again. */
  duringCrash(point: CrashPoint, times: number, act: () => Promise<void>): Promise<void>;
  untilAllAnswered(channel: string, threads: readonly string[]): Promise<void>;
  /** How often the agents' gateway really ran each key. */
  runCounts(): Record<string, number>;
}

/** Everything but the product lives in this process, and so outlives it. */
async function openWorld(): Promise<World> {
  const database = await createTestDatabase();
  const folder = await temporaryFolder('crash');
  const token = randomBytes(16).toString('hex');
  const keys = { accessKeyId: 'TESTKEY', secretAccessKey: randomBytes(20).toString('hex') };
  const board = await startBoard({ token });
  const s3 = await startS3Sandbox({ dir: path.join(folder.path, 's3'), bucket: 'files', ...keys });
  const openclaw = await startOpenClawSandbox({
    token,
    dataDir: path.join(folder.path, 'openclaw'),
    faults: { pace: { stepMs: 20 } },
  });
  const people = boardPeople(board.url);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await migrate(database.url);
  await linkBoardToTeam(database.url);

  const env = {
    ...process.env,
    DATABASE_URL: database.url,
    DATA_DIR: folder.path,
    PORT: '0',
    PUBLIC_URL: 'http://impacter.test',
    OPENCLAW_URL: openclaw.url,
    OPENCLAW_TOKEN: token,
    S3_BUCKET: 'files',
    S3_ENDPOINT: s3.url,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    BOARD_URL: board.url,
    BOARD_TOKEN: token,
  };
  const start = async () => {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'crashing-product.ts')], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, 'line')) as [string];
    const { url } = JSON.parse(line) as { url: string };
    await people.hook({ url: `${url}/board/events`, repeats: 1 });
    const dieAt = async (point: CrashPoint, times: number) => {
      const heard = once(lines, 'line');
      child.stdin.write(`${point} ${times}\n`);
      await heard;
    };
    return { child, dieAt };
  };
  let product = await start();
  onTestFinished(async () => {
    const { child } = product;
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await client.end();
    await Promise.all([board.stop(), s3.stop(), openclaw.stop()]);
    await database.drop();
    await folder.remove();
  });

  return {
    people,
    database: client,
    async duringCrash(point, times, act) {
      const died = once(product.child, 'exit');
      await product.dieAt(point, times);
      await act();
      const [, signal] = (await Promise.race([died, once(AbortSignal.timeout(PATIENCE_MS), 'abort')])) as [number | null, string | null];
      expect(signal, `the product did not get to ${point}`).toBe('SIGKILL');
      product = await start();
    },
    untilAllAnswered: (channel, threads) =>
      vi.waitFor(async () => {
        const messages = await people.messages(channel);
        const answered = new Set(messages.filter(isResult).map(({ thread }) => thread));
        expect(threads.filter((thread) => !answered.has(thread))).toEqual([]);
      }),
    runCounts: openclaw.control.runCounts,
  };
}

const isResult = ({ from, text }: { from: unknown; text: string }) => from === null && /Done|lead/.test(text) && /used/i.test(text);

/** How many results each thread that asked something shows. */
async function resultsOf(people: BoardPeople): Promise<number[]> {
  const messages = await people.messages();
  const threads = new Set(messages.filter(({ from }) => from !== null).map(({ channel, thread }) => `${channel}:${thread}`));
  return [...threads].map(
    (place) => messages.filter((message) => `${message.channel}:${message.thread}` === place && isResult(message)).length,
  );
}

async function linkBoardToTeam(databaseUrl: string) {
  const money = openMoney(databaseUrl, quietLog, 1);
  const [team, wallet] = [newId(), newId()];
  await money.query({ text: `INSERT INTO teams (id, name, created_at) VALUES ($1, 'Board', now())` }, [team]);
  await money.query(
    { text: `INSERT INTO workspaces (id, platform, external_id, team_id, name) VALUES ($1, 'board', 'board', $2, 'Board')` },
    [newId(), team],
  );
  await money.query({ text: 'SELECT ledger_open($1, $2, now())' }, [wallet, team]);
  await ledgerOver(money).credit(
    { key: 'start', wallet: wallet as never, lot: newId(), type: 'grant', credits: credits(10_000), source: 'test' },
    new Date(),
  );
  await money.close();
}
