// Messages that are edited or removed after they became requests.

import { Readable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { newId, type TaskId } from '#core/domain/ids.ts';
import { choiceId } from '#core/domain/messages/choice.ts';
import { searchEverywhere } from '#core/testing/search-everywhere.ts';
import { openChatStage, shownIn } from '#core/testing/stages/chat-stage.ts';
import { loggedIn } from '#core/testing/stages/shared-team.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { eraseTeam } from '../privacy/erase.ts';
import { forgetRemoved } from './removed.ts';

const stage = forAll(() => openChatStage());

async function linked({ careful = false } = {}) {
  const owner = await stage().person();
  if (careful) await stage().app.privacy.setTeamSettings(loggedIn(owner), { confirmAbove: '10000000' });
  return { owner, place: await stage().workspace(owner) };
}

test('an edit that asks for the same work changes nothing', async () => {
  const { owner, place } = await linked();
  const [ann, thread] = [place.speaker(), place.thread()];
  const asked = await ann.say('find me 7 leads in Miami', thread);
  expect(await ann.edit(asked.key, 'Find me 7 leads in Miami!')).toMatchObject({
    outcome: 'decision',
    did: 'same',
    show: { kind: 'nothing' },
  });
  expect(await place.tasks(thread)).toHaveLength(1);
  expect(await owner.ledger()).toEqual(['grant 500', 'hold 7']);
});

test('an edited request is a new task that waits for approval and says so; nothing is reserved for it before', async () => {
  const { owner, place } = await linked();
  const [ann, thread, at] = [place.speaker(), place.thread(), stage().clock.now()];
  const asked = await ann.say('find me 7 leads in Miami', thread);
  const edits = await Promise.all([1, 2, 3].map(() => ann.edit(asked.key, 'find me 8 leads in Boston', at)));
  expect(new Set(edits.map(({ taskId }) => taskId)).size).toBe(1);
  expect(edits[0]).toMatchObject({ outcome: 'approval', show: { kind: 'thread' } });
  expect(edits.filter(({ repeated }) => !repeated)).toHaveLength(1);
  const tasks = await place.tasks(thread);
  expect(tasks.map(({ text }) => text)).toEqual(['find me 7 leads in Miami', 'find me 8 leads in Boston']);
  expect(tasks[1]!.status).toBe('awaiting_approval');
  expect(await owner.ledger()).toEqual(['grant 500', 'hold 7']);
  const { rows } = await stage().core.store.money.query<{ saying: { edited?: boolean } }>(
    { text: `SELECT saying FROM letters WHERE task_id = $1 AND saying ->> 'kind' = 'approval'` },
    [edits[0]!.taskId],
  );
  expect(rows).toMatchObject([{ saying: { edited: true } }]);
  expect(await ann.press(choiceId('approve', edits[0]!.taskId!), thread)).toMatchObject({ did: 'approved' });
});

test('however often and in whatever order somebody edits, one request waits: the latest', async () => {
  const { owner, place } = await linked({ careful: true });
  const [ann, thread] = [place.speaker(), place.thread()];
  const asked = await ann.say('find me 20 leads in Miami', thread);
  const from = stage().clock.now().getTime();
  const edit = (n: number) => ann.edit(asked.key, `find me 2${n} leads in Boston`, new Date(from + n * 1000));
  expect(await edit(3)).toMatchObject({ outcome: 'approval' });
  expect(await edit(1)).toMatchObject({ did: 'late', show: { kind: 'nothing' } });
  await Promise.all([4, 5, 6, 7].map(edit));
  const waiting = (await place.tasks(thread)).filter(({ status }) => status === 'awaiting_approval');
  expect(waiting).toMatchObject([{ text: 'find me 27 leads in Boston' }]);
  expect(await owner.ledger()).toEqual(['grant 500']);
  expect(await edit(3)).toMatchObject({ outcome: 'approval', repeated: true });
});

test('nobody changes or removes what another person asked for, and what never was a request stays none', async () => {
  const { place } = await linked({ careful: true });
  const [ann, bob, thread] = [place.speaker('ann'), place.speaker('bob'), place.thread()];
  const asked = await ann.say('find me 20 leads in Miami', thread);
  expect(await bob.edit(asked.key, 'find me 400 leads')).toMatchObject({ did: 'nothing' });
  expect(await bob.remove(asked.key)).toMatchObject({ did: 'nothing' });
  expect(await ann.edit(`chat:${newId()}`, 'find me 400 leads')).toMatchObject({ outcome: 'ignored' });
  expect(await place.tasks(thread)).toMatchObject([{ status: 'awaiting_approval', text: 'find me 20 leads in Miami' }]);
  expect(await ann.edit(asked.key, 'thanks!')).toMatchObject({ did: 'refused', show: { kind: 'private' } });
  expect(await place.tasks(thread)).toHaveLength(1);
});

test('an edit of a request that was refused is told to be sent as a new message; an edit of thanks is nothing', async () => {
  const { place } = await linked();
  const [ann, thread] = [place.speaker('ann'), place.thread()];
  const refused = await ann.say('find me 100,000,000 leads', thread);
  expect(refused).toMatchObject({ outcome: 'refused' });
  expect(shownIn(await ann.edit(refused.key, 'find me 3 leads'))).toBe('private: This request was not accepted');
  const thanks = await ann.say('thanks!', thread);
  expect(await ann.edit(thanks.key, 'many thanks!')).toMatchObject({ show: { kind: 'nothing' } });
});

test('a request that waits is canceled when its person removes it, and nothing of its text is left anywhere', async () => {
  const { core } = stage();
  const { place } = await linked({ careful: true });
  const [ann, thread] = [place.speaker(), place.thread()];
  const asked = await ann.say('find me 20 plumbers in Ouagadougou', thread);
  expect(await searchEverywhere(core.store.money, ['Ouagadougou'])).not.toEqual([]);
  const answers = await Promise.all([1, 2, 3].map(() => ann.remove(asked.key)));
  for (const answer of answers) expect(answer).toMatchObject({ outcome: 'decision', did: 'removed' });
  expect(await place.tasks(thread)).toMatchObject([{ status: 'canceled', text: '' }]);
  expect(await searchEverywhere(core.store.money, ['Ouagadougou', 'plumbers'])).toEqual([]);
  // Whoever tells us of the message again gets its outcome, and no task.
  expect(await ann.say('find me 20 plumbers in Ouagadougou', thread, { key: asked.key })).toMatchObject({ repeated: true });
  expect(await ann.edit(asked.key, 'find me 30 plumbers in Ouagadougou')).toMatchObject({ did: 'nothing' });
  expect(await place.tasks(thread)).toHaveLength(1);
  expect(await searchEverywhere(core.store.money, ['Ouagadougou'])).toEqual([]);
});

test('a message of a running request that is gone is said in its thread once; a workspace where too many are is told so', async () => {
  const { app, core } = stage();
  const { place } = await linked();
  const [ann, thread] = [place.speaker(), place.thread()];
  const gone = async (key: string) => app.chats.gone({ platform: 'chat', workspace: place.id, key });
  const asked = await ann.say('find me 7 leads in Bamako', thread);
  await vi.waitFor(async () => expect(await place.tasks(thread)).toMatchObject([{ status: 'processing' }]));
  await gone(asked.key);
  await gone(asked.key);
  expect((await place.said(thread)).filter((line) => line === 'The message with this request was deleted')).toHaveLength(1);
  const whole = { person: `chat:${place.id}`, workspace: `chat:${place.id}` };
  while ((await core.rates.takeInChat('chats.gone', whole)) === 0);
  expect(await gone(asked.key)).toBe('too-many');
});

test('a request that runs goes on when its person removes it: its thread offers to cancel it once, and its text goes when it ends', async () => {
  const { core } = stage();
  const { place } = await linked();
  const [ann, thread] = [place.speaker(), place.thread()];
  const asked = await ann.say('find me 7 leads in Timbuktu', thread);
  await vi.waitFor(async () => expect(await place.tasks(thread)).toMatchObject([{ status: 'processing' }]));
  await Promise.all([ann.remove(asked.key), ann.remove(asked.key)]);
  expect((await place.said(thread)).filter((line) => line === 'The message with this request was deleted')).toHaveLength(1);
  expect(await place.tasks(thread)).toMatchObject([{ status: 'processing', text: 'find me 7 leads in Timbuktu' }]);
  stage().release();
  await vi.waitFor(async () => expect(await place.tasks(thread)).toMatchObject([{ status: 'completed' }]));
  await forgetRemoved(core);
  expect(await searchEverywhere(core.store.money, ['Timbuktu'])).toEqual([]);
});

test('a message that is gone ends its request as if its person had removed it, whoever did and however often that is told', async () => {
  const { app, core } = stage();
  const { owner, place } = await linked({ careful: true });
  const [ann, thread] = [place.speaker(), place.thread()];
  const here = { platform: 'chat', workspace: place.id };
  const asked = await ann.say('find me 20 bakers in Nouakchott', thread);
  const told = await Promise.all([1, 2, 3].map(() => app.chats.gone({ ...here, key: asked.key })));
  expect(told).toEqual(['removed', 'removed', 'removed']);
  expect(await place.tasks(thread)).toMatchObject([{ status: 'canceled', text: '' }]);
  expect(await searchEverywhere(core.store.money, ['Nouakchott', 'bakers'])).toEqual([]);
  expect(await ann.say('find me 20 bakers in Nouakchott', thread, { key: asked.key })).toMatchObject({ repeated: true });
  expect((await owner.ledger()).slice(1)).toEqual([]);
  // What nobody asked for leaves no trace, and costs nothing of what may be told.
  const strangers = `chat:${newId()}`;
  expect(await app.chats.gone({ ...here, key: strangers })).toBe('nothing');
  expect(await app.chats.gone({ ...here, platform: 'other', key: asked.key })).toBe('nothing');
  expect((await core.store.money.query({ text: 'SELECT 1 FROM asks WHERE key = $1' }, [strangers])).rows).toEqual([]);
});

test('files that came with a removed request go with it', async () => {
  const { app, core } = stage();
  const { owner, place } = await linked({ careful: true });
  const bytes = Buffer.from('name\nAda\n');
  const fileId = await app.files.keepInput(
    owner,
    { name: 'customers.csv', mime: 'text/csv', sizeBytes: bytes.length },
    Readable.from([bytes]),
  );
  const [ann, thread] = [place.speaker(), place.thread()];
  const asked = await ann.say('find me 20 leads like these', thread, { files: [{ kind: 'stored', fileId }] });
  await ann.remove(asked.key);
  const { rows } = await core.store.money.query<{ name: string; due: boolean }>(
    { text: 'SELECT name, expires_at <= $2 AS due FROM files WHERE task_id = $1' },
    [asked.taskId, stage().clock.now()],
  );
  expect(rows).toEqual([{ name: 'attachment', due: true }]);
});

test('an edit that arrives before its message is the request, also when both arrive at once, and an old message stays unknown', async () => {
  const { app, clock } = stage();
  const { owner, place } = await linked();
  const ann = place.speaker();
  for (let n = 0; n < 5; n++) {
    const [thread, key, at] = [place.thread(), `chat:${newId()}`, clock.now()];
    const message = { threadRef: thread, at, how: 'mention' as const };
    const edit = () => app.chats.changed(ann.speaker, { key, text: 'find me 3 leads in Boston', at: new Date(at.getTime() + 1), message });
    const say = () => ann.say('find me 3 leads in Miami', thread, { key });
    if (n === 0) {
      expect(await edit()).toMatchObject({ outcome: 'task', repeated: false });
      expect(await say()).toMatchObject({ outcome: 'task', repeated: true });
      expect((await place.tasks(thread)).map(({ text }) => text)).toEqual(['find me 3 leads in Boston']);
    } else {
      await Promise.all([say(), edit()]);
      // Whichever was first, what was meant last is there, and nothing is reserved twice.
      expect((await place.tasks(thread)).map(({ text }) => text).at(-1)).toBe('find me 3 leads in Boston');
    }
  }
  expect((await owner.ledger()).filter((line) => line === 'hold 3')).toHaveLength(5);
  const old = { threadRef: place.thread(), at: new Date(clock.now().getTime() - 11 * 60_000), how: 'mention' as const };
  expect(
    await app.chats.changed(ann.speaker, { key: `chat:${newId()}`, text: 'find me 3 leads', at: clock.now(), message: old }),
  ).toMatchObject({
    outcome: 'ignored',
  });
});

test('what is removed before it arrives is never taken, and what a refusal quoted is forgotten', async () => {
  const { core } = stage();
  const { place } = await linked();
  const [ann, thread, key] = [place.speaker(), place.thread(), `chat:${newId()}`];
  await ann.remove(key);
  expect(await ann.say('find me 3 leads', thread, { key })).toMatchObject({ outcome: 'ignored', repeated: true });
  expect(await place.tasks(thread)).toEqual([]);
  const refused = await ann.say('type: zzquux do it', thread);
  expect(refused).toMatchObject({ outcome: 'refused', refused: { code: 'type.unknown' } });
  await ann.remove(refused.key);
  expect(await searchEverywhere(core.store.money, ['zzquux'])).toEqual([]);
  expect(await ann.say('type: zzquux do it', thread, { key: refused.key })).toMatchObject({ outcome: 'ignored', repeated: true });
});

test('what refusals of its edits quoted goes with a removed message, and those of other messages stay', async () => {
  const { core } = stage();
  const { place } = await linked();
  const [ann, thread, key] = [place.speaker(), place.thread(), `chat:${newId()}`];
  for (const [of, word] of [
    [key, 'zzfirst'],
    [`${key}0`, 'zzother'],
  ] as const) {
    await ann.say('find me 3 leads', thread, { key: of });
    expect(await ann.edit(of, `type: ${word} do it`)).toMatchObject({ did: 'refused', show: { kind: 'private' } });
    const later = new Date(stage().clock.now().getTime() + 1_000);
    expect(await ann.edit(of, 'find me 9000000 leads', later)).toMatchObject({ outcome: 'refused', show: { kind: 'thread' } });
  }
  const refusals = async () => (await place.said(thread)).filter((line) => line.includes('you asked for'));
  expect(await refusals()).toHaveLength(2);
  await ann.remove(key);
  expect(await searchEverywhere(core.store.money, ['zzfirst'])).toEqual([]);
  expect(await searchEverywhere(core.store.money, ['zzother'])).not.toEqual([]);
  expect(await refusals()).toHaveLength(1);
});

test('what refusals of forms quoted goes with the message whose request they were to change, and those of other requests stay', async () => {
  const { core } = stage();
  const { place } = await linked({ careful: true });
  const [ann, thread, key] = [place.speaker(), place.thread(), `chat:${newId()}`];
  const form = (taskId: TaskId, text: string) => ann.press(choiceId('change', taskId), thread, { form: { text } });
  for (const [of, word] of [
    [key, 'zzform'],
    [`${key}0`, 'zzstays'],
  ] as const) {
    const first = await ann.say('find me 20 leads', thread, { key: of });
    const changed = await form(first.taskId!, 'find me 30 leads');
    expect(changed).toMatchObject({ did: 'changed' });
    expect(await form(changed.taskId!, `type: ${word} do it`)).toMatchObject({ did: 'refused', show: { kind: 'thread' } });
  }
  const refusals = async () => (await place.said(thread)).filter((line) => line.includes('zz'));
  expect(await refusals()).toHaveLength(2);
  await ann.remove(key);
  expect(await searchEverywhere(core.store.money, ['zzform'])).toEqual([]);
  expect(await searchEverywhere(core.store.money, ['zzstays'])).not.toEqual([]);
  expect(await refusals()).toHaveLength(1);
});

test('a deleted team takes all that tells its messages apart with it', async () => {
  const { core } = stage();
  const { owner, place } = await linked({ careful: true });
  const [ann, thread, also] = [place.speaker(), place.thread(), newId()];
  const asked = await ann.say('find me 20 leads in Miami', thread, { also });
  await ann.say('find me 20 leads in Miami', thread, { also });
  await ann.edit(asked.key, 'find me 30 leads in Miami');
  const left = async () => {
    const { rows } = await core.store.money.query<{ left: number }>(
      {
        text: `SELECT (SELECT count(*) FROM message_names WHERE key = $1)::int + (SELECT count(*) FROM message_changes WHERE key = $1)::int
                 + (SELECT count(*) FROM asks WHERE position($1 IN key) > 0)::int AS left`,
      },
      [asked.key],
    );
    return rows[0]!.left;
  };
  expect(await left()).toBe(5);
  await core.store.money.query(
    { text: 'UPDATE teams SET deletion_at = now(), deletion_asked_at = now(), deletion_asked_by = $2 WHERE id = $1' },
    [owner.teamId, owner.userId],
  );
  expect(await eraseTeam(core, owner.teamId)).toBe(true);
  expect(await left()).toBe(0);
});
