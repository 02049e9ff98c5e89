import { afterAll, beforeAll, expect, test } from 'vitest';
import { credits, NO_CREDITS } from '#core/domain/credits/credits.ts';
import { newId, type ConversationId, type TaskId, type TeamId } from '#core/domain/ids.ts';
import { createTestDatabase, type TestDatabase } from '#core/testing/runner/database.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { openStore, type Store } from './store.ts';

const WORKERS = 3;
const TEAMS = 4;
const CONVERSATIONS = 12;
const ROUNDS = 60;

let database: TestDatabase;
let stores: Store[];
let payers: Awaited<ReturnType<Store['people']['addUser']>>[];

beforeAll(async () => {
  database = await createTestDatabase();
  stores = await Promise.all(
    Array.from({ length: WORKERS }, (_, n) => openStore({ databaseUrl: database.url, worker: `worker-${n}`, leaseMs: 40, log: quietLog })),
  );
  const { people, ledger } = stores[0]!;
  payers = await Promise.all(
    Array.from({ length: TEAMS }, (_, n) => people.addUser({ email: `${n}@example.com`, name: 'Ada', emailVerified: true }, new Date())),
  );
  const grant = (walletId: (typeof payers)[0]['walletId']) =>
    ledger.credit({ key: walletId, wallet: walletId, lot: newId(), type: 'grant', credits: credits(100_000), source: 'test' }, new Date());
  await Promise.all(payers.map(({ walletId }) => grant(walletId)));
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await database.drop();
});

test('several processes that take, start, lose, sweep and end tasks at the same time never wait for one another in a circle', async () => {
  const conversations = Array.from({ length: CONVERSATIONS }, () => newId<ConversationId>());
  await Promise.all(stores.map((store, n) => live(store, n, conversations)));

  const { money } = stores[0]!;
  const { rows: left } = await money.query<{ id: TaskId }>({ text: `SELECT id FROM tasks WHERE status IN ('pending', 'processing')` }, []);
  await Promise.all(left.map(({ id }) => end(stores[0]!, id, null, 'failed')));
  const { rows } = await money.query(
    {
      text: `SELECT (SELECT count(*)::int FROM tasks WHERE status NOT IN ('completed', 'failed')) AS open, (SELECT sum(held)::text FROM wallets) AS held,
        (SELECT count(*)::int FROM ledger_reconcile r WHERE (r.balance_and_journal, r.held_and_holds, r.balance_and_lots) IS DISTINCT FROM (0::bigint, 0::bigint, 0::bigint)) AS wrong`,
    },
    [],
  );
  expect(rows).toEqual([{ open: 0, held: '0', wrong: 0 }]);
  await money.query({ text: 'SELECT pg_stat_force_next_flush()' }, []);
  const deadlocks = async () =>
    (await money.query<{ deadlocks: string }>({ text: 'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()' }, []))
      .rows[0]!.deadlocks;
  expect(await deadlocks()).toBe('0');
});

/** What a process does all day, in no order. */
async function live(store: Store, seed: number, conversations: readonly ConversationId[]) {
  const known: TaskId[] = [];
  const running = new Map<TaskId, { number: number; runId: string }>();
  let random = seed + 1;
  const pick = <T>(list: readonly T[]): T | undefined => list[(random = (random * 1_103_515_245 + 12_345) % 2_147_483_648) % list.length];

  for (let round = 0; round < ROUNDS; round++) {
    const at = new Date();
    const taken = Array.from({ length: 4 }, async () => {
      const conversation = pick(conversations)!;
      const answer = await take(store, conversation, payers[conversations.indexOf(conversation) % TEAMS]!);
      if (answer.taskId !== null) known.push(answer.taskId);
    });
    const started = Array.from({ length: 4 }, async () => {
      const taskId = pick(known);
      const start = taskId === undefined ? null : await store.attempts.start(taskId, at);
      if (start?.verdict !== 'run' && start?.verdict !== 'resume') return;
      await store.attempts.dispatched(start.attempt, { gateway: 'g', bootId: 'b' }).catch(() => undefined);
      running.set(taskId!, start.attempt);
      if (round % 3 === 0) await store.attempts.lost(start.attempt, at);
    });
    const ended = [...running].slice(0, 3).map(async ([taskId, { number }]) => {
      running.delete(taskId);
      await end(store, taskId, round % 5 === 0 ? null : number, 'completed');
    });
    await Promise.all([
      ...taken,
      ...started,
      ...ended,
      store.attempts.renew(
        [...running.values()].map(({ runId }) => runId),
        at,
      ),
      store.outbox.putBackSilent(at, 40),
      store.outbox.putBack(known.slice(-3), at),
      store.outbox.relay(100, async () => {}),
      store.ledger.expireHolds(at),
      deliver(store, at),
    ]);
  }
}

function take(store: Store, conversationId: ConversationId, { teamId, walletId, userId }: (typeof payers)[0]) {
  const task = {
    id: newId<TaskId>(),
    holdId: newId<never>(),
    type: 'general',
    because: 'read as general',
    requestText: 'tea',
    quantity: null,
    rateVersion: 1,
  } as const;
  return store.intake(
    {
      key: newId(),
      fingerprint: '',
      letterId: newId(),
      conversationId,
      threadRef: null,
      address: 'board:general:1',
      platform: 'board',
      channel: null,
      teamId,
      walletId,
      userId,
      identityId: null,
      readHere: false,
      task: {
        ...task,
        estimateLow: credits(1),
        estimateHigh: credits(1),
        retryOf: null,
        deadlineAt: new Date(),
        approveBy: null,
        fileIds: [],
      },
      saying: {
        kind: 'accepted',
        taskId: task.id,
        type: 'general',
        because: 'read as general',
        estimateLow: '1000000',
        estimateHigh: '1000000',
      },
    },
    new Date(),
  );
}

async function end(store: Store, taskId: TaskId, attempt: number | null, status: 'completed' | 'failed') {
  const { rows } = await store.money.query<{ team_id: TeamId }>({ text: 'SELECT team_id FROM tasks WHERE id = $1' }, [taskId]);
  return store.finish(
    {
      taskId,
      teamId: rows[0]!.team_id,
      attempt,
      status,
      charge: status === 'completed' ? credits(1) : NO_CREDITS,
      result: null,
      failure: null,
      usage: null,
      outcome: 'done',
      letterId: newId(),
      saying: { kind: 'failed', taskId, type: 'general', code: 'our.fault' },
      readHere: false,
      files: [],
    },
    new Date(),
  );
}

async function deliver({ letters }: Store, at: Date) {
  for (const letter of await letters.claim('board', at, 40, 5)) await letters.sent(letter, { messageRef: '1' }, at);
}
