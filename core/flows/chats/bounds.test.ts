// Ways around limits, and traces that people leave: what somebody who means ill would try, and what somebody who leaves may expect.

import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { confirmErasure } from '#core/flows/privacy/erase.ts';
import { linksIn, openChatStage } from '#core/testing/stages/chat-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';

const stage = forAll(() => openChatStage());
const query = <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
  stage().core.store.money.query<Row>({ text }, values);

async function limited(personPerDay: number) {
  const owner = await stage().person(1_000);
  const place = await stage().workspace(owner);
  await query('UPDATE workspaces SET guests_may_ask = true WHERE external_id = $1', [place.id]);
  await query(
    `INSERT INTO limits (id, wallet_id, kind, subject, credits, period, time_zone, created_at)
     VALUES ($1, $2, 'workspace-person', $3, $4, 'day', 'UTC', now())`,
    [newId(), owner.walletId, `chat:${place.id}`, personPerDay * 1_000_000],
  );
  return { owner, place };
}

test('a person of another company does not get a new cap by linking their account', async () => {
  const { owner, place } = await limited(10);
  const eve = place.speaker('eve', { space: 'OTHER', isOutsider: true });
  expect(await eve.say('find me 10 leads', place.thread())).toMatchObject({ outcome: 'task' });
  expect(await eve.say('find me 5 leads', place.thread())).toMatchObject({ outcome: 'refused', refused: { code: 'limit.reached' } });
  for (let i = 0; i < 2; i++) {
    await eve.link(await stage().person(0));
    expect.soft((await eve.say('find me 10 leads', place.thread())).refused?.code, `after link ${i}`).toBe('limit.reached');
  }
  expect((await owner.ledger()).filter((line) => line.startsWith('hold'))).toEqual(['hold 10']);
});

test('approving after linking counts against the limit of the member', async () => {
  const owner = await stage().person(1_000);
  const place = await stage().workspace(owner);
  await query('UPDATE teams SET confirm_above = 0 WHERE id = $1', [owner.teamId]);
  await query(
    `INSERT INTO limits (id, wallet_id, kind, subject, credits, period, time_zone, created_at)
     VALUES ($1, $2, 'member', $3, 5000000, 'day', 'UTC', now())`,
    [newId(), owner.walletId, owner.userId],
  );
  const ann = place.speaker('ann');
  const thread = place.thread();
  const asked = await ann.say('find me 9 leads', thread);
  expect(asked.outcome).toBe('approval');
  await ann.link(owner);
  const { status } = (await place.tasks(thread))[0]!;
  expect(status).toBe('awaiting_approval');
  await stage()
    .app.tasks.approve({ userId: owner.userId, teamId: owner.teamId, role: 'owner', email: 'x' } as never, asked.taskId!)
    .catch((e: unknown) => e);
  expect(await owner.ledger()).toEqual(['grant 1,000']);
});

test('the last file arrives while the task before it ends: it starts', async () => {
  const { databaseUrl } = stage();
  const owner = await stage().person(1_000);
  const place = await stage().workspace(owner);
  const ann = place.speaker('ann');
  const thread = place.thread();
  const b = await ann.say('find me 7 leads', thread);
  const a = await ann.say('find me 7 leads', thread);
  const input = newId();
  await query(
    `INSERT INTO waiting_inputs (id, task_id, team_id, platform, name, mime, size_bytes, ref, next_at, give_up_at, created_at)
     VALUES ($1, $2, $3, 'chat', 'a.csv', 'text/csv', 3, '', now() + interval '1 day', now() + interval '1 day', now())`,
    [input, a.taskId, owner.teamId],
  );
  const one = new pg.Client(databaseUrl);
  const two = new pg.Client(databaseUrl);
  await one.connect();
  await two.connect();
  try {
    await one.query('BEGIN');
    const ending = [
      {
        n: 0,
        task_id: b.taskId,
        status: 'failed',
        charge: 0,
        cost_micro_usd: 0,
        letter_id: newId(),
        failure: { code: 'agent.lost' },
        saying: { kind: 'failed', taskId: b.taskId, type: 'general', code: 'agent.lost' },
        read_here: true,
        files: [],
      },
    ];
    await one.query('SELECT * FROM finish($1, now())', [JSON.stringify(ending)]);
    const kept = two.query(`SELECT input_kept($1, 0, 'a.csv', 'text/csv', 3, 'x', 'inputs/x', now()) AS kept`, [input]);
    const waits = async () =>
      (await query(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'SELECT input_kept%'`)).rows.length;
    await vi.waitFor(async () => expect(await waits()).toBe(1));
    await one.query('COMMIT');
    expect((await kept).rows[0].kept).toBe(true);
    // Long before lost tasks are looked for.
    const status = async () => (await query<{ status: string }>('SELECT status FROM tasks WHERE id = $1', [a.taskId])).rows[0]!.status;
    await vi.waitFor(async () => expect(await status()).toBe('processing'), { timeout: 10_000 });
  } finally {
    await one.end();
    await two.end();
  }
});

test('what is noted of removed messages is forgotten with their outcomes', async () => {
  const owner = await stage().person(10);
  const place = await stage().workspace(owner);
  const key = `chat:${newId()}`;
  await place.speaker('ann').remove(key);
  await stage().core.store.asks.forgetRefused(new Date(stage().clock.now().getTime() + 1), 1_000_000);
  const left = await query('SELECT key FROM asks WHERE key = $1 UNION ALL SELECT key FROM message_changes WHERE key = $1', [key]);
  expect(left.rows).toEqual([]);
});

test('of a file that could not be had, its name goes with the account that attached it', async () => {
  const owner = await stage().person(100);
  const place = await stage().workspace(owner);
  const ann = place.speaker('ann');
  const thread = place.thread();
  const asked = await ann.say('find me 7 leads', thread);
  const name = `salary of Ann Secret ${newId()}.csv`;
  const { core } = stage();
  const lost = [{ name, why: 'gone' as const }];
  await core.store.finish(
    {
      taskId: asked.taskId!,
      teamId: owner.teamId,
      attempt: null,
      status: 'failed',
      charge: 0n as never,
      result: null,
      failure: { code: 'inputs.missing', lost },
      usage: null,
      outcome: null,
      letterId: newId() as never,
      saying: { kind: 'failed', taskId: asked.taskId!, type: 'lead-generation', code: 'inputs.missing', lost },
      readHere: true,
      files: [],
    },
    stage().clock.now(),
  );
  await ann.remove(asked.key);
  const found = async () =>
    (
      await query(
        `SELECT 'letters' AS "in" FROM letters WHERE position($1 IN saying::text) > 0 UNION ALL SELECT 'tasks' FROM tasks WHERE position($1 IN coalesce(failure::text, '')) > 0`,
        [name],
      )
    ).rows;
  await vi.waitFor(async () => expect(await found(), 'after removal').toEqual([]), 10_000);
  const { rows } = await query<{ id: string }>('SELECT identity_id AS id FROM tasks WHERE id = $1', [asked.taskId]);
  expect(await core.store.erase.identity(rows[0]!.id as never, stage().clock.now())).toBe(true);
  expect(await found(), 'after erasure').toEqual([]);
});

test('an account is erased within the hour also where a request of theirs waits for approval', async () => {
  const owner = await stage().person(100);
  const place = await stage().workspace(owner);
  await query('UPDATE teams SET confirm_above = 0 WHERE id = $1', [owner.teamId]);
  const asked = await place.speaker('zoe').say('find me 9 leads', place.thread());
  expect(asked.outcome).toBe('approval');
  const { rows } = await query<{ id: string }>('SELECT identity_id AS id FROM tasks WHERE id = $1', [asked.taskId]);
  const token = (await stage().core.store.erase.newLink(
    { platform: 'chat', workspace: place.id, externalId: 'zoe' },
    new Date(stage().clock.now().getTime() + 60_000),
  ))!;
  await confirmErasure(stage().core, token);
  stage().clock.forward(60 * 60_000);
  expect(await stage().core.store.erase.identity(rows[0]!.id as never, stage().clock.now())).toBe(true);
});

test('a removed request whose file was still to be fetched leaves no name of it', async () => {
  const owner = await stage().person(100);
  const place = await stage().workspace(owner);
  const ann = place.speaker('ann');
  const thread = place.thread();
  await ann.say('find me 7 leads', thread);
  const asked = await ann.say('find me 7 leads', thread);
  const name = `salary of Ann ${newId()}.csv`;
  const input = newId();
  await query(
    `INSERT INTO waiting_inputs (id, task_id, team_id, platform, name, mime, size_bytes, ref, next_at, give_up_at, created_at)
     VALUES ($1, $2, $3, 'chat', $4, 'text/csv', 3, '', $5, $5, $5)`,
    [input, asked.taskId, owner.teamId, name, stage().clock.now()],
  );
  expect(await ann.remove(asked.key)).toMatchObject({ did: 'removed' });
  const [claimed] = await stage().core.store.waitingInputs.claim(['chat'], stage().clock.now(), 1000, 1);
  expect(claimed).toMatchObject({ isOver: true });
  await stage().core.store.waitingInputs.drop(claimed!, 'inputs/x', stage().clock.now());
  expect((await query('SELECT id FROM files WHERE name = $1', [name])).rows).toEqual([]);
});

test('a link that somebody was shown still works when their message arrives once more', async () => {
  const place = await stage().workspace();
  const [ann, thread, key] = [place.speaker('ann'), place.thread(), `chat:${newId()}`];
  const first = await ann.say('find me 3 leads', thread, { key });
  expect(first).toMatchObject({ outcome: 'refused', refused: { code: 'team.missing' }, repeated: false });
  expect(await ann.say('find me 3 leads', thread, { key })).toMatchObject({ repeated: true });
  if (first.show.kind !== 'private') throw new Error('no link');
  const token = Object.values(linksIn(first.show.reply))
    .find((url) => url.includes('/link/'))!
    .split('/')
    .at(-1)!;
  const person = await stage().person(0);
  const actor = { userId: person.userId, teamId: person.teamId, role: 'owner', email: 'x' } as never;
  expect(await stage().app.workspaces.lookAtLink(actor, token)).toMatchObject({ kind: 'identity' });
});

test('requests that wait for approval and cost nothing are not without end', async () => {
  const owner = await stage().person(100);
  await query('UPDATE teams SET confirm_above = 0 WHERE id = $1', [owner.teamId]);
  const codes: string[] = [];
  // 590 a minute, as the rate of asking allows.
  for (let minute = 0; minute < 3; minute++) {
    for (let i = 0; i < 59; i++)
      codes.push(
        ...(await Promise.all(
          Array.from({ length: 10 }, async () => {
            const taken = await stage().app.tasks.ask({
              key: `web:${newId()}`,
              threadRef: `web:${newId()}`,
              newConversation: true,
              from: { kind: 'user', userId: owner.userId, teamId: owner.teamId },
              text: 'find me 9 leads',
              files: [],
              at: stage().clock.now(),
            } as never);
            return taken.kind === 'refused' ? taken.refused.code : taken.kind;
          }),
        )),
      );
    stage().clock.forward(61_000);
  }
  expect(codes.filter((code) => code === 'approval').length).toBeLessThan(1_000);
}, 60_000);

test('the platform’s id of an erased account is nowhere', async () => {
  const owner = await stage().person(100);
  const place = await stage().workspace(owner);
  const id = `u${newId()}`;
  const ann = place.speaker(id);
  const asked = await ann.say('find me 3 leads', place.thread(), { also: newId() });
  await ann.remove(asked.key);
  const { rows } = await query<{ id: string }>('SELECT id FROM identities WHERE external_id = $1', [id]);
  await vi.waitFor(async () => expect(await stage().core.store.erase.identity(rows[0]!.id as never, stage().clock.now())).toBe(true));
  const left = await query(
    `SELECT 'message_names' AS "in" FROM message_names WHERE position($1 IN name) > 0 UNION ALL SELECT 'asks' FROM asks WHERE position($1 IN key) > 0`,
    [id],
  );
  expect(left.rows).toEqual([]);
});
