// One contract, kept by both homes of the queue.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi, type TestContext } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import type { Job } from '#core/ports/queue.ts';
import { createEmptyDatabase, type TestDatabase } from '#core/testing/runner/database.ts';
import { frailConnection } from '#core/testing/faults/frail-connection.ts';
import { jobs, logTo, nameOf } from '#core/testing/queue-jobs.ts';
import { redisIsHere, startTestRedis, type TestRedis } from '#core/testing/runner/redis.ts';
import { createQueue, type QueueSettings } from './bullmq.ts';

let database: TestDatabase;
let redis: TestRedis;

beforeAll(async () => {
  database = await createEmptyDatabase();
  if (redisIsHere) redis = await startTestRedis();
});

afterAll(async () => {
  if (redisIsHere) await redis.stop();
  await database.drop();
});

// Where there is no Redis, the run says so at its end; under CI that is a failure (core/testing/runner/redis.test.ts).
// They mostly wait, so several run at once, each with a queue of its own, and without mocks, which are cleared at each test.
describe.each(redisIsHere ? ['PostgreSQL', 'Redis'] : ['PostgreSQL'])('a queue in %s', { concurrent: true }, (home) => {
  const opened = async ({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) => {
    const [said, told]: [string[], object[]] = [[], []];
    const connection = await frailConnection(home === 'Redis' ? redis.url : database.url);
    onTestFinished(() => connection.cut());
    const where = home === 'Redis' ? { databaseUrl: 'postgres://unused', redisUrl: connection.url } : { databaseUrl: connection.url };
    const settings: QueueSettings = { name: `test-${newId()}`, ...where, log: logTo(said, told), retryMs: 20 };
    const queue = await createQueue(settings);
    onTestFinished(() => queue.close());
    return { connection, settings, queue, said, told };
  };

  test('hands out every job once, few and many at a time', async (here) => {
    const { queue } = await opened(here);
    const handled: string[] = [];
    await queue.work(async (job) => void handled.push(nameOf(job)), { concurrency: 10 });
    const few = jobs(3);
    const many = jobs(120);
    await queue.add(few);
    await queue.add(many);
    await vi.waitFor(() => expect(handled.toSorted()).toEqual([...few, ...many].map(nameOf).toSorted()));
    await vi.waitFor(async () => expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 }));
  });

  test('wakes an idle worker at once', async (here) => {
    const { queue } = await opened(here);
    const handled: string[] = [];
    await queue.work(async (job) => void handled.push(nameOf(job)), { concurrency: 1 });
    const began = performance.now();
    for (const job of jobs(8)) {
      await queue.add([job]);
      await vi.waitFor(() => expect(handled).toContain(nameOf(job)));
    }
    // By itself it looks every five seconds.
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  test('a job that waits or runs is not added twice, and one that ended can be added again', async (here) => {
    const { queue } = await opened(here);
    const [job] = jobs(1);
    const held = Promise.withResolvers<void>();
    const handled: string[] = [];
    await queue.add([job!]);
    await queue.add([job!, job!]);
    expect(await queue.counts()).toMatchObject({ waiting: 1 });

    await queue.work(
      async (job) => {
        handled.push(nameOf(job));
        await held.promise;
      },
      { concurrency: 3 },
    );
    await vi.waitFor(() => expect(handled).toHaveLength(1));
    await queue.add([job!]);
    expect(await queue.counts()).toEqual({ waiting: 0, active: 1, delayed: 0, failed: 0 });

    held.resolve();
    await vi.waitFor(async () => expect(await queue.counts()).toMatchObject({ active: 0 }));
    await queue.add([job!]);
    await vi.waitFor(() => expect(handled).toEqual([nameOf(job!), nameOf(job!)]));
  });

  test('knows which jobs it has, whether they wait, run or are put off, and which it has not', async (here) => {
    const { queue } = await opened(here);
    const [running, delayed, waiting, done, unknown] = jobs(5);
    const all = [running!, delayed!, waiting!, done!, unknown!];
    const held = Promise.withResolvers<void>();
    await queue.add([done!]);
    const working = await queue.work(
      async (job) => {
        if (job.taskId === running!.taskId) await held.promise;
        if (job.taskId === delayed!.taskId) throw new Error('not now');
      },
      { concurrency: 2 },
    );
    await vi.waitFor(async () => expect(await queue.missing([done!])).toEqual([done]));
    await queue.add([running!, delayed!]);
    await vi.waitFor(async () => expect(await queue.counts()).toMatchObject({ active: 1, delayed: 1 }));
    const stopped = working.stop(10_000);
    await queue.add([waiting!]);
    expect(await queue.missing(all)).toEqual([done, unknown]);
    held.resolve();
    await stopped;
  });

  test('knows how many workers are connected, in all processes, also after one was killed', async (here) => {
    const { queue, settings } = await opened(here);
    expect(await queue.workers()).toBe(0);
    const other = await createQueue(settings);
    await other.work(async () => undefined, { concurrency: 1 });
    expect(await queue.workers()).toBe(1);
    const dying = spawn(process.execPath, ['core/testing/faults/dying-worker.ts', JSON.stringify({ ...settings, log: undefined })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await vi.waitFor(async () => expect(await queue.workers()).toBe(2));
    await other.close();
    await vi.waitFor(async () => expect(await queue.workers()).toBe(1));
    dying.kill('SIGKILL');
    await vi.waitFor(async () => expect(await queue.workers()).toBe(0));
  });

  test('runs as many jobs at a time as it was told, and no more', async (here) => {
    const { queue } = await opened(here);
    const held = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    await queue.work(
      async () => {
        most = Math.max(most, ++running);
        await held.promise;
        running--;
      },
      { concurrency: 4 },
    );
    await queue.add(jobs(12));
    await vi.waitFor(() => expect(running).toBe(4));
    expect(await queue.counts()).toEqual({ waiting: 8, active: 4, delayed: 0, failed: 0 });
    held.resolve();
    await vi.waitFor(async () => expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 }));
    expect(most).toBe(4);
  });

  test('a job whose handler throws comes back later until it is done', async (here) => {
    const { queue, said } = await opened(here);
    let tries = 0;
    await queue.work(
      async () => {
        if (++tries < 4) throw new Error('words of a person');
      },
      { concurrency: 1 },
    );
    const [job] = jobs(1);
    await queue.add([job!]);
    await vi.waitFor(() => expect(tries).toBe(4));
    await vi.waitFor(async () => expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 }));
    expect(said).toEqual(Array(3).fill('job failed, will be tried again'));
  });

  test('a dead worker’s job goes to another one, while a living worker keeps its own however long it takes', async (here) => {
    const { queue, settings } = await opened(here);
    const quick = { ...settings, lockMs: 4_000 };
    const [long, orphan] = jobs(2);
    const handled: string[] = [];
    const held = Promise.withResolvers<void>();
    const first = await createQueue(quick);
    const handler = async (job: Job) => {
      handled.push(nameOf(job));
      if (job.taskId === long!.taskId) await held.promise;
    };
    await first.work(handler, { concurrency: 1 });
    await queue.add([long!]);
    await vi.waitFor(() => expect(handled).toEqual([nameOf(long!)]));

    const dying = spawn(process.execPath, ['core/testing/faults/dying-worker.ts', JSON.stringify({ ...quick, log: undefined })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await queue.add([orphan!]);
    expect(String(await once(dying.stdout, 'data'))).toContain(orphan!.taskId);
    dying.kill('SIGKILL');
    await once(dying, 'exit');

    const heir = await createQueue(quick);
    await heir.work(handler, { concurrency: 5 });
    await vi.waitFor(() => expect(handled).toEqual([nameOf(long!), nameOf(orphan!)]));
    held.resolve();
    await vi.waitFor(async () => expect(await queue.counts()).toMatchObject({ active: 0 }));
    expect(handled).toHaveLength(2);
    await Promise.all([first.close(), heir.close()]);
  });

  test('stopping takes no further job and lets running ones end', async (here) => {
    const { queue } = await opened(here);
    const held = Promise.withResolvers<void>();
    const handled: string[] = [];
    const begun = Promise.withResolvers<void>();
    const working = await queue.work(
      async (job, signal) => {
        begun.resolve();
        await held.promise;
        handled.push(`${nameOf(job)} ${signal.aborted}`);
      },
      { concurrency: 1 },
    );
    const [first, second] = jobs(2);
    await queue.add([first!]);
    await begun.promise;
    await queue.add([second!]);
    const stopped = working.stop(10_000);
    held.resolve();
    await stopped;
    expect(handled).toEqual([`${nameOf(first!)} false`]);
    expect(await queue.counts()).toEqual({ waiting: 1, active: 0, delayed: 0, failed: 0 });
  });

  test.for(['throws', 'resolves'])(
    'after the grace period a job that %s on its signal goes to another worker at once',
    async (way, here) => {
      const { queue, said } = await opened(here);
      const begun = Promise.withResolvers<void>();
      const working = await queue.work(
        async (_, signal) => {
          begun.resolve();
          await once(signal, 'abort');
          if (way === 'throws') throw signal.reason;
        },
        { concurrency: 1 },
      );
      const [job] = jobs(1);
      await queue.add([job!]);
      await begun.promise;
      await working.stop(0);
      expect(await queue.counts()).toEqual({ waiting: 1, active: 0, delayed: 0, failed: 0 });
      const handled: string[] = [];
      await queue.work(async (job) => void handled.push(nameOf(job)), { concurrency: 1 });
      await vi.waitFor(() => expect(handled).toEqual([nameOf(job!)]));
      expect(said).toEqual([]);
    },
  );

  test('a handler that never lets go does not keep the process from ending, nor its job from others', async (here) => {
    const { queue, settings } = await opened(here);
    const begun = Promise.withResolvers<void>();
    await queue.work(
      async () => {
        begun.resolve();
        await new Promise(() => undefined);
      },
      { concurrency: 1 },
    );
    await queue.add(jobs(1));
    await begun.promise;
    await queue.close();
    const other = await createQueue(settings);
    expect(await other.counts()).toEqual({ waiting: 1, active: 0, delayed: 0, failed: 0 });
    await other.close();
  });

  test('its server goes away and comes back: whoever adds is told, running jobs end, and the rest goes on by itself', async (here) => {
    const { queue, connection, said, told } = await opened(here);
    const [running, refused, later] = jobs(3);
    const handled: string[] = [];
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    await queue.work(
      async (job) => {
        begun.resolve();
        if (job.taskId === running!.taskId) await held.promise;
        handled.push(nameOf(job));
      },
      { concurrency: 2 },
    );
    await queue.add([running!]);
    await begun.promise;

    await connection.cut();
    await expect(queue.add([refused!])).rejects.toThrow();
    await expect(queue.check()).rejects.toThrow();
    held.resolve();
    await vi.waitFor(() => expect(handled).toEqual([nameOf(running!)]));
    await vi.waitFor(() => expect(said.filter((words) => words === 'queue cannot be reached')).toHaveLength(1));

    await connection.mend();
    await vi.waitFor(() => queue.add([later!]));
    await vi.waitFor(() => expect(handled).toEqual([nameOf(running!), nameOf(later!)]));
    await vi.waitFor(async () => expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 }));
    expect(said).toEqual(['queue cannot be reached', 'queue can be reached again']);
    expect(inspect(told, { depth: 20 })).not.toMatch(/password|connectionParameters/);
    await queue.check();
  });

  test('a worker whose connections are all ended goes on by itself', async (here) => {
    const { connection, settings } = await opened(here);
    // A claim that arrives after its connection has ended is answered to nobody, so the lock must run out.
    const quick = await createQueue({ ...settings, lockMs: 1_200 });
    const handled: string[] = [];
    await quick.work(async (job) => void handled.push(nameOf(job)), { concurrency: 2 });
    for (const job of jobs(3)) {
      await connection.cut();
      await connection.mend();
      await vi.waitFor(() => quick.add([job]));
      await vi.waitFor(() => expect(handled).toContain(nameOf(job)));
    }
    await quick.close();
  });

  // Alone, as it empties the Redis of its scripts.
  test('a server that forgot its jobs disturbs nobody, and takes them again', { concurrent: false }, async (here) => {
    const { queue, settings, said } = await opened(here);
    const [forgotten] = jobs(1);
    const held = Promise.withResolvers<void>();
    const handled: string[] = [];
    await queue.work(
      async (job) => {
        handled.push(nameOf(job));
        await held.promise;
      },
      { concurrency: 2 },
    );
    await queue.add([forgotten!]);
    await vi.waitFor(() => expect(handled).toHaveLength(1));
    await forget(settings.name);
    expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
    held.resolve();
    await vi.waitFor(() => expect(said).toContain('queue had trouble'));

    const again = { ...forgotten!, generation: forgotten!.generation + 1 };
    await queue.add([again]);
    await vi.waitFor(() => expect(handled).toEqual([nameOf(forgotten!), nameOf(again)]));
  });

  test('it can be closed while its server is away, and answers no more then', async (here) => {
    const { queue, connection, said } = await opened(here);
    await queue.work(async () => undefined, { concurrency: 1 });
    await connection.cut();
    await vi.waitFor(() => expect(said).toContain('queue cannot be reached'));
    await queue.close();
    await expect(queue.add(jobs(1))).rejects.toThrow('is closed');
  });

  test.for(['is away', 'does not know us'])('it does not start when its server %s, and tells no password', async (why, here) => {
    const { connection, settings, told } = await opened(here);
    if (why === 'is away') await connection.cut();
    const url = new URL(connection.url);
    url.username = 'stranger';
    url.password = 'hidden';
    const failed = createQueue({ ...settings, ...(home === 'Redis' ? { redisUrl: url.href } : { databaseUrl: url.href }) });
    const error = await failed.then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error?.message).toMatch(/^the queue .*(cannot|can't)/);
    expect(inspect([error, told], { depth: 20 })).not.toContain('hidden');
  });

  async function forget(name: string): Promise<void> {
    if (home === 'PostgreSQL') {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      await client.query('DELETE FROM bullmq.job WHERE queue = $1', [name]);
      await client.end();
      return;
    }
    const client = new Redis(redis.url);
    await client.del(await client.keys(`impacter:${name}:*`));
    await client.script('FLUSH');
    client.disconnect();
  }
});

test.runIf(redisIsHere)('a Redis that lets its user list no connections leaves the number of workers unknown', async () => {
  const admin = new Redis(redis.url);
  await admin.acl('SETUSER', 'limited', 'on', '>limited', '~*', '&*', '+@all', '-client|list');
  const url = Object.assign(new URL(redis.url), { username: 'limited', password: 'limited' });
  const queue = await createQueue({ name: `test-${newId()}`, databaseUrl: 'postgres://unused', redisUrl: url.href, log: logTo([]) });
  await queue.work(async () => undefined, { concurrency: 1 });
  expect(await queue.workers()).toBeNull();
  await queue.close();
  await admin.acl('DELUSER', 'limited');
  admin.disconnect();
});
