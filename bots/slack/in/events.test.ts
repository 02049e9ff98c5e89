// What people do in Slack while more comes than can be handled at once, or while processes die, in a running product.

import { expect, test, vi } from 'vitest';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { editKey, messageKey } from '../keys.ts';
import { refs } from '../refs.ts';
import { openProduct } from '../testing/open-product.ts';

const clock = clockByHand();
const agents = agentsThat(async ({ quantity }) => done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]));
const product = forAll(() => openProduct({ clock, agents }), 60_000);

/** Somebody writes in #general; Slack has not told it. */
let made = 0;
async function mention(text: string, more: object = {}) {
  const { botUser } = await product().people.team('T1');
  const ts = `${Math.floor(clock.now().getTime() / 1000)}.${String(++made).padStart(6, '0')}`;
  return { type: 'message', channel: 'C1', user: 'U1', text: `<@${botUser}> ${text}`, ts, ...more };
}

/** As a process leaves it that acknowledged it and was killed. */
async function left(
  event: { ts: string; thread_ts?: string; user: string },
  { takeovers = 0, key = messageKey('T1', 'C1', event.ts), livesMs = 0 } = {},
) {
  const { store } = product().core;
  const place = refs.format({ team: 'T1', channel: 'C1', thread: event.thread_ts ?? event.ts });
  const row = { key, platform: 'slack', place, workspace: 'T1', author: event.user, body: JSON.stringify(event), came: ++made };
  await store.inbox.keep(row, 'another process', clock.now(), new Date(clock.now().getTime() + livesMs));
  await store.money.query({ text: 'UPDATE chat_inbox SET takeovers = $2 WHERE key = $1' }, [key, takeovers]);
}

const waiting = async () =>
  (await product().core.store.money.query({ text: 'SELECT FROM chat_inbox WHERE dead_at IS NULL' }, [])).rows.length;
const nothingWaits = () => vi.waitFor(async () => expect(await waiting()).toBe(0));

test('forty requests at the same time are acknowledged, and each is one task, also when they are told again', async () => {
  const { people, tell, envelope, url, tasks } = product();
  for (const id of ['U21', 'U22']) await people.user('T1', { id, name: id });
  const events = await Promise.all(Array.from({ length: 40 }, (_, i) => mention(`find me 2 leads`, { user: ['U21', 'U22'][i % 2] })));
  const bodies = events.map((event) => envelope(event));
  const told = await Promise.all(
    [...bodies, ...events.map((event) => envelope({ ...event, type: 'app_mention' }))].map((body) => tell(url, body)),
  );
  expect(new Set(told)).toEqual(new Set([200]));
  await nothingWaits();
  expect(await Promise.all(bodies.map((body) => tell(url, body)))).toEqual(Array(40).fill(200));
  for (const { ts } of events) expect(await tasks(ts)).toHaveLength(1);
});

test('what a killed process had acknowledged is answered once, in order, also when Slack tells it again', async () => {
  const { tell, envelope, url, tasks } = product();
  const first = await mention('find me 2 leads in Miami');
  const second = { ...(await mention('find me 4 leads in Boston', { thread_ts: first.ts })), text: 'find me 4 leads in Boston' };
  await left(first);
  await left(second);
  for (const event of [first, second]) expect(await tell(url, envelope(event))).toBe(200);
  clock.forward(2_000);
  await nothingWaits();
  await vi.waitFor(async () => expect(await tasks(first.ts)).toEqual(['completed', 'completed']));
  const { rows } = await product().core.store.money.query<{ text: string }>(
    {
      text: `SELECT request_text AS text FROM tasks t JOIN conversations c ON c.id = t.conversation_id WHERE c.thread_ref = $1 ORDER BY t.created_at, t.id`,
    },
    [refs.format({ team: 'T1', channel: 'C1', thread: first.ts })],
  );
  expect(rows.map(({ text }) => text)).toEqual(['find me 2 leads in Miami', 'find me 4 leads in Boston']);
});

test('a request that is deleted before it is handled starts nothing, and one that is edited by then runs as it was edited', async () => {
  const { tell, envelope, url, tasks, owner } = product();
  const gone = await mention('find me 5 leads in Miami');
  await left(gone);
  const deletion = { type: 'message', subtype: 'message_deleted', channel: 'C1', ts: gone.ts, deleted_ts: gone.ts, previous_message: gone };
  expect(await tell(url, envelope(deletion))).toBe(200);
  expect(await tell(url, envelope(gone))).toBe(200);
  await nothingWaits();
  expect((await tasks(gone.ts)).filter((status) => status !== 'canceled')).toEqual([]);
  expect((await owner.ledger()).some((line) => line.startsWith('settle 5'))).toBe(false);

  const before = await mention('find me 6 leads in Miami');
  const editedTs = `${before.ts.split('.')[0]}.999999`;
  const now = { ...before, text: before.text.replace('6', '7'), edited: { user: 'U1', ts: editedTs } };
  await left(before);
  await left(
    {
      type: 'message',
      subtype: 'message_changed',
      channel: 'C1',
      ts: before.ts,
      user: 'U1',
      message: now,
      previous_message: before,
    } as never,
    { key: editKey('T1', 'C1', before.ts, editedTs) },
  );
  clock.forward(2_000);
  await nothingWaits();
  // The first one, and what asks for approval in its place.
  expect(await tasks(before.ts)).toHaveLength(2);
});

test('the deletion of a request that another process is long at is acknowledged, and the request starts nothing', async () => {
  const { tell, envelope, url, tasks } = product();
  const event = await mention('find me 9 leads in Miami');
  await left(event, { livesMs: 60_000 });
  const deletion = {
    type: 'message',
    subtype: 'message_deleted',
    channel: 'C1',
    ts: event.ts,
    deleted_ts: event.ts,
    previous_message: event,
  };
  const told = vi.fn<(status: number) => void>();
  void tell(url, envelope(deletion)).then(told);
  await vi.waitFor(() => {
    clock.forward(100);
    expect(told.mock.calls).toEqual([[200]]);
  });
  clock.forward(60_000);
  await nothingWaits();
  expect((await tasks(event.ts)).filter((status) => status !== 'canceled')).toEqual([]);
});

test('whoever asked something that every process dies of is told that it was not done', async () => {
  const { told, tasks } = product();
  const event = await mention('find me 8 leads in Miami');
  await left(event, { takeovers: 10 });
  clock.forward(2_000);
  await vi.waitFor(async () => expect(await told('U1', null)).toContainEqual(expect.stringContaining('could not be processed')));
  expect(await tasks(event.ts)).toEqual([]);
});
