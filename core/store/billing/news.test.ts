import { expect, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { openBank } from '#core/testing/ledger/bank.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { newsOver, type NewNews, type NewsStore } from './news.ts';

const bank = forAll(async () => {
  const opened = await openBank();
  return { money: opened.money, news: newsOver(opened.money), other: newsOver(opened.money), stop: () => opened.close() };
});
const START = new Date('2026-12-01T12:00:00Z');
const at = (seconds: number) => new Date(START.getTime() + seconds * 1_000);
const LEASE_MS = 60_000;
const DAY_S = 24 * 3_600;

test('what is due about one object is taken together, by one process, until its lease is over', async () => {
  const { news, other } = bank();
  const object = anObject();
  const [first, second] = [await keep(object, at(0)), await keep(object, at(1))];
  const taken = await claimed(news, object, at(2));
  expect(taken).toMatchObject({ objectId: object, leaseUntil: at(62) });
  expect(taken!.rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
    [first, second].toSorted().map((id) => ({ id, kind: 'checkout.session.completed', tries: 1 })),
  );
  expect(await claimed(other, object, at(61))).toBeNull();

  // The first one sleeps through its lease.
  const again = await claimed(other, object, at(62));
  expect(again!.rows.map(({ tries }) => tries)).toEqual([2, 2]);
  await news.later(taken!, at(900), 'slept');
  await news.done(taken!, at(63));
  expect(await statesOf(object)).toEqual([
    ['open', null],
    ['open', null],
  ]);
  await other.done(again!, at(64));
  expect(await statesOf(object)).toEqual([
    ['done', null],
    ['done', null],
  ]);
});

test('what comes while its object is in hand is looked at once more', async () => {
  const { news } = bank();
  const object = anObject();
  await keep(object, at(0));
  const taken = await claimed(news, object, at(1));
  await keep(object, at(1));
  await news.done(taken!, at(2));
  expect(await claimed(news, object, at(3))).toMatchObject({ rows: [{ tries: 1 }] });
});

test('one that could not be handled is tried again at once when it is told again, and not while somebody is at it', async () => {
  const { news } = bank();
  const object = anObject();
  const id = await keep(object, at(0));
  const taken = (await claimed(news, object, at(1)))!;
  await keep(object, at(2), { id });
  expect(await claimed(news, object, at(3))).toBeNull();
  await news.later(taken, at(600), 'StripeAPIError');
  expect(await claimed(news, object, at(4))).toBeNull();
  await keep(object, at(5), { id });
  const again = (await claimed(news, object, at(5)))!;
  expect(again.rows).toEqual([{ id, kind: 'checkout.session.completed', tries: 2 }]);
  await keep(object, at(6), { id });
  expect(await claimed(news, object, at(6))).toBeNull();
  await news.done(again, at(6));
  await keep(object, at(7), { id });
  expect(await claimed(news, object, at(8))).toBeNull();
  expect(await statesOf(object)).toEqual([['done', null]]);
});

test('two processes that are told the same in another order both keep it', async () => {
  const { news, other } = bank();
  const objects = Array.from({ length: 60 }, anObject);
  const all = objects.map((objectId) => ({ ...newsAbout(objectId), id: `evt_${newId()}` }));
  await Promise.all([
    ...all.map((one) => news.keep(one, at(0))),
    ...all.toReversed().flatMap((one) => [other.keep(one, at(0)), other.keep(one, at(0))]),
  ]);
  expect((await Promise.all(objects.map(statesOf))).flat()).toEqual(all.map(() => ['open', null]));
});

test('what an older version left is taken up by one that follows it, and what only a newer one follows is left to it', async () => {
  const { news } = bank();
  const refund = `re_${newId().replaceAll('-', '')}`;
  await keep(refund, at(0), { left: 'not-followed' });
  await keep(refund, at(0), { left: 'other-mode' });
  expect(await news.takeUp(['cs_', 'pi_'], at(1))).toBe(0);
  expect(await news.takeUp(['cs_', 're_'], at(2))).toBe(1);
  expect(await claimed(news, refund, at(3), ['cs_', 'pi_'])).toBeNull();
  expect(await claimed(news, refund, at(3), ['re_'])).toMatchObject({ rows: [{ tries: 1 }] });
});

test('bodies are forgotten after a month, what is done after three, and what is open never', async () => {
  const { news } = bank();
  const [open, done, left] = [anObject(), anObject(), anObject()];
  await keep(open, at(0));
  await keep(done, at(0));
  await keep(left, at(0), { left: 'other-mode' });
  await news.done((await claimed(news, done, at(1)))!, at(2));
  expect(await bodiesOf(open, done, left)).toEqual(['{}', null, '{}']);
  await news.tidy(at(31 * DAY_S));
  expect(await bodiesOf(open, done, left)).toEqual([null, null, null]);
  expect(await statesOf(done)).toHaveLength(1);
  await news.tidy(at(91 * DAY_S));
  expect([await statesOf(open), await statesOf(done), await statesOf(left)]).toEqual([[['open', null]], [], [['left', 'other-mode']]]);
  await news.tidy(at(366 * DAY_S));
  expect([await statesOf(open), await statesOf(left)]).toEqual([[['open', null]], []]);
});

function anObject(): string {
  return `cs_${newId().replaceAll('-', '')}`;
}

function newsAbout(objectId: string): Omit<NewNews, 'id'> {
  return { kind: 'checkout.session.completed', objectId, livemode: false, body: '{}', left: null };
}

async function keep(objectId: string, when: Date, changes: Partial<NewNews> = {}): Promise<string> {
  const id = changes.id ?? `evt_${newId()}`;
  await bank().news.keep({ ...newsAbout(objectId), id, ...changes }, when);
  return id;
}

/** Of this object alone: other tests leave some behind. */
async function claimed(from: NewsStore, objectId: string, when: Date, prefixes: readonly string[] = [objectId]) {
  return (await from.claim(prefixes, when, LEASE_MS, 100)).find((one) => one.objectId === objectId) ?? null;
}

async function statesOf(objectId: string): Promise<[string, string | null][]> {
  const { rows } = await bank().money.query<{ state: string; trouble: string | null }>(
    { text: 'SELECT state, trouble FROM stripe_news WHERE object_id = $1' },
    [objectId],
  );
  return rows.map(({ state, trouble }) => [state, trouble]);
}

async function bodiesOf(...objects: string[]): Promise<(string | null)[]> {
  const { rows } = await bank().money.query<{ object_id: string; body: string | null }>(
    { text: 'SELECT object_id, body FROM stripe_news WHERE object_id = ANY($1)' },
    [objects],
  );
  return objects.map((object) => rows.find(({ object_id }) => object_id === object)?.body ?? null);
}
