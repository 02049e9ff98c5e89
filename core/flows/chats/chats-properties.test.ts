// Random lives of two workspaces, one linked and one not: whoever says, presses, types, edits or removes whatever, in any order,
// repeated and at once, each gesture has one outcome, nobody acts beyond their rights, and nothing is reserved that nobody asked
// for or approved.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { choiceId, type ChoiceAct } from '#core/domain/messages/choice.ts';
import { openChatStage, type Place, type Voice } from '#core/testing/stages/chat-stage.ts';
import { loggedIn } from '#core/testing/stages/shared-team.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import type { Answered } from './answer.ts';

const stage = forAll(() => openChatStage({ settings: { RATE_LIMIT_FACTOR: '1000' } }));

const people = ['ann', 'bea', 'boss', 'gil', 'olly'] as const;
type Name = (typeof people)[number];
/** Requests below the threshold, above it, far too large, and none at all. */
const texts = ['find me 3 leads', 'find me 20 leads in Miami', 'find me 30 leads in Boston', 'find me 1000000 leads', 'thanks!'];

/** Most of it comes from one person in one place, so that much of it meets. */
const who = {
  person: fc.oneof({ weight: 3, arbitrary: fc.constant('ann' as const) }, { weight: 4, arbitrary: fc.constantFrom(...people) }),
  times: fc.integer({ min: 1, max: 3 }),
};
const text = fc.constantFrom(...texts);
const target = fc.nat(40);
const gesture = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      ...who,
      linked: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
      thread: fc.nat(2),
      text,
      how: fc.constantFrom('mention', 'mention', 'thread'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('press' as const),
      ...who,
      target,
      act: fc.constantFrom('approve', 'approve', 'cancel', 'retry', 'change', 'form', 'stop', 'good'),
      text,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('command' as const),
      ...who,
      target,
      name: fc.constantFrom('cancel', 'balance', 'history', 'help'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('edit' as const), ...who, target, text }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), ...who, target }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), ...who, target }) },
);
type Gesture = typeof gesture extends fc.Arbitrary<infer Given> ? Given : never;

/** A gesture with all that came of it. */
interface Done {
  readonly gesture: Gesture;
  readonly person: Name;
  readonly key: string;
  readonly threadRef: string;
  /** For presses: the task. */
  readonly about?: string;
  /** For messages: the place where it was said. */
  readonly place: Place | null;
  readonly deliver: () => Promise<Answered>;
  readonly answers: Answered[];
}

test('each gesture has one outcome, nobody acts beyond their rights, and nothing is reserved without an ask or its asker’s approval', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.array(gesture, { minLength: 2, maxLength: 5 }), { minLength: 14, maxLength: 24 }),
    async (rounds) => {
      const world = await makeWorld();
      for (const round of rounds) await Promise.all(round.map((each) => world.happen(each)));
      await check(world);
    },
  );
  await fc.assert(property, { numRuns: 20, endOnFailure: true });
  // So that none of this passes because nothing happens: what did not happen by chance gets more chances.
  const missing = async () => {
    const { rows } = await stage().core.store.money.query<{ did: string }>(
      { text: `SELECT DISTINCT coalesce(answer ->> 'did', outcome) AS did FROM asks` },
      [],
    );
    const outcomes = ['task', 'refused', 'ignored', 'approved', 'canceled', 'form', 'not-yours'];
    return outcomes.filter((outcome) => !rows.some(({ did }) => did === outcome));
  };
  for (let more = 0; more < 4 && (await missing()).length > 0; more++) await fc.assert(property, { numRuns: 10, endOnFailure: true });
  expect(await missing()).toEqual([]);
  expect(await stage().verify()).toMatchObject({ wrong: null });
});

async function makeWorld() {
  const { app, clock } = stage();
  const owner = await stage().person(300);
  await app.privacy.setTeamSettings(loggedIn(owner), { confirmAbove: '10000000' });
  const places = { linked: await stage().workspace(owner), open: await stage().workspace() };
  const threads = { linked: [0, 1, 2].map(() => places.linked.thread()), open: [0, 1, 2].map(() => places.open.thread()) };
  const done: Done[] = [];
  await voice(places.linked, 'boss').link(owner);

  async function happen(given: Gesture): Promise<void> {
    const happening = given.kind === 'again' ? done[given.target % Math.max(1, done.length)] : begin(given);
    if (happening === undefined) return;
    const times = Array.from({ length: given.times }, () => happening.deliver());
    happening.answers.push(...(await Promise.all(times)));
    if (given.kind !== 'again') done.push(happening);
  }

  function begin(given: Exclude<Gesture, { kind: 'again' }>): Done | undefined {
    const [key, at] = [`chat:${newId()}`, clock.now()];
    const started = { gesture: given, person: given.person, answers: [] };
    if (given.kind === 'say') {
      const where = given.linked ? 'linked' : 'open';
      const [place, threadRef] = [places[where], threads[where][given.thread]!];
      const speak = voice(place, given.person);
      return { ...started, key, place, threadRef, deliver: () => speak.say(given.text, threadRef, { key, at, how: given.how }) };
    }
    const all = done.filter(({ place }) => place !== null);
    const tasks = all.filter(({ answers }) => (answers[0]?.taskId ?? null) !== null);
    // Mostly about what became a task.
    const messages = given.target % 5 === 0 || tasks.length === 0 ? all : tasks;
    const about = messages[given.target % Math.max(1, messages.length)];
    if (about === undefined) return undefined;
    const speak = voice(about.place!, given.person);
    const place = { ...started, key, threadRef: about.threadRef, place: null };
    switch (given.kind) {
      case 'press': {
        const taskId = about.answers[0]?.taskId ?? null;
        if (given.act === 'stop') return { ...place, deliver: () => speak.press('stop', about.threadRef, { key, at }) };
        if (taskId === null) return undefined;
        const act: ChoiceAct = given.act === 'form' ? 'change' : given.act;
        const form = given.act === 'form' ? { form: { text: given.text } } : {};
        return { ...place, about: taskId, deliver: () => speak.press(choiceId(act, taskId), about.threadRef, { key, at, ...form }) };
      }
      case 'command':
        return { ...place, deliver: () => speak.command(given.name, { key, at, threadRef: about.threadRef }) };
      case 'edit':
        return { ...place, deliver: () => speak.edit(about.key, given.text, at) };
      case 'remove':
        return { ...place, deliver: () => speak.remove(about.key) };
    }
  }

  return { owner, places, threads, done, happen };
}

function voice(place: Place, name: Name): Voice {
  return place.speaker(name, { isGuest: name === 'gil', ...(name === 'olly' && { isOutsider: true, space: 'elsewhere' }) });
}

async function check({ owner, threads, done }: Awaited<ReturnType<typeof makeWorld>>) {
  const query = async <Row extends object>(sql: string, values: readonly unknown[]) =>
    (await stage().core.store.money.query<Row>({ text: sql }, values)).rows;
  const refs = [...threads.linked, ...threads.open];
  const tasks = await query<{
    id: string;
    status: string;
    who: string | null;
    thread: string;
    asked: boolean;
    held: boolean;
    retry: boolean;
  }>(
    `SELECT t.id, t.status, i.external_id AS who, c.thread_ref AS thread,
       EXISTS (SELECT FROM task_events e WHERE e.task_id = t.id AND e.kind = 'approval-requested') AS asked,
       EXISTS (SELECT FROM holds h WHERE h.task_id = t.id) AS held,
       EXISTS (SELECT FROM asks a WHERE a.task_id = t.id AND a.key LIKE 'retry:%') AS retry
     FROM tasks t JOIN conversations c ON c.id = t.conversation_id LEFT JOIN identities i ON i.id = t.identity_id WHERE t.team_id = $1`,
    [owner.teamId],
  );
  const askerOf = new Map<string, string | null>(tasks.map(({ id, who: asker }) => [id, asker]));

  // One outcome each. What was not for us outside of our threads leaves none; a refusal that was removed is forgotten.
  for (const {
    answers,
    gesture: { kind },
  } of done) {
    const outcomes = new Set(
      answers.map(({ outcome, taskId, did, refused }) => JSON.stringify([outcome, taskId, did, refused?.code ?? null])),
    );
    const ignored = JSON.stringify(['ignored', null, null, null]);
    outcomes.delete(ignored);
    expect({ kind, outcomes: [...outcomes] }).toEqual({ kind, outcomes: [...outcomes].slice(0, 1) });
    expect(answers.map(({ outcome }) => outcome)).not.toContain('too-many');
  }

  // Nobody beyond their rights: the asker, and for stopping and asking again the owner of the team that pays.
  for (const {
    answers,
    person,
    about,
    gesture: { kind },
  } of done)
    for (const { did, taskId } of answers) {
      if (kind !== 'press' && kind !== 'command') continue;
      const asker = taskId === null ? null : askerOf.get(taskId);
      if (did === 'approved' || did === 'changed' || did === 'form') expect({ did, person }).toEqual({ did, person: asker });
      if (did === 'canceled' || did === 'stopping') expect([asker, 'boss']).toContain(person);
      if (did === 'retried') expect([askerOf.get(about!), 'boss']).toContain(person);
    }
  for (const { id, who: asker, thread } of tasks) {
    expect({ id, asker, guest: ['gil', 'olly'].includes(asker ?? '') }).toEqual({ id, asker, guest: false });
    expect(threads.open).not.toContain(thread);
    expect(refs).toContain(thread);
  }

  // Nothing is reserved for what waits, nor for what waited and was not approved by its asker.
  const approvedBy = new Set(
    done.flatMap(({ answers, person }) => answers.flatMap(({ did, taskId }) => (did === 'approved' ? [`${taskId} ${person}`] : []))),
  );
  for (const { id, status, held, asked, who: asker } of tasks) {
    if (status === 'awaiting_approval') expect({ id, held }).toEqual({ id, held: false });
    if (asked && held) expect([...approvedBy]).toContain(`${id} ${asker}`);
  }

  // Of a message and its edits one request waits at the most.
  for (const { key, place } of done) {
    if (place === null) continue;
    const waiting = await query(
      `SELECT FROM asks a JOIN tasks t ON t.id = a.task_id WHERE t.team_id = $2 AND t.status = 'awaiting_approval' AND (a.key = $1 OR starts_with(a.key, 'edit:' || $1 || ':'))`,
      [key, owner.teamId],
    );
    expect(waiting.length).toBeLessThanOrEqual(1);
  }
  const [wallet] = await query<{ held: string; open: string }>(
    `SELECT w.held, coalesce((SELECT sum(h.credits) FROM holds h WHERE h.wallet_id = w.id AND h.closed_seq IS NULL), 0)::text AS open FROM wallets w WHERE w.team_id = $1`,
    [owner.teamId],
  );
  expect(wallet!.held).toBe(wallet!.open);
}
