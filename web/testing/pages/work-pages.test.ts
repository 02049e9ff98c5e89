// The pages of work, as a browser without JavaScript uses them.

import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { FilesError, type Files } from '#core/ports/files.ts';
import { agentsThat, csvOf, done, fileOf, someUsage } from '#core/testing/stages/agents-that.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { portalVisitor, wordsOf } from '#core/testing/visitors/portal-visitor.ts';
import { proxied } from '#core/testing/visitors/visitor.ts';

const HOSTILE = '<script>alert(1)</script>';
const LONG = 'ä'.repeat(1_500_000);
const agents = agentsThat(({ message }) => {
  if (message.includes('broken')) return { kind: 'failed', reason: 'told to', usage: someUsage };
  return done(`Here they are. ${HOSTILE}`, [
    csvOf('leads.csv', 3),
    fileOf('notes.md', `# Notes ${HOSTILE}`),
    fileOf('long.txt', LONG),
    fileOf('picture.png', 'no real picture'),
    fileOf('paper.pdf', '%PDF-1.7'),
    fileOf('all.zip', 'PK'),
  ]);
});
let storageIsAway = false;
const frail = (files: Files): Files => ({
  ...files,
  open: (key, signal) =>
    storageIsAway ? Promise.reject(new FilesError('storage.unavailable', 'storage is away')) : files.open(key, signal),
});
const stage = forAll(() =>
  openStage({ portal: true, agents, settings: proxied, withCore: (core) => ({ ...core, files: frail(core.files) }) }),
);

test('a request sent twice is one task, whose conversation and page show the answer, the rows and the price', async () => {
  const ada = await somebody();
  const dashboard = await ada.page('/dashboard');
  expect(dashboard).toContain('What do you need done?');
  const key = /name="key" value="([0-9a-f-]{36})"/.exec(dashboard)![1]!;
  const sent = await ada.post('/dashboard', { intent: 'ask', text: 'find me 3 leads in Miami', key });
  expect(sent).toMatchObject({ status: 302, to: expect.stringMatching(/^\/conversations\/[0-9a-f-]{36}#task-[0-9a-f-]{36}$/) });
  expect(await ada.post('/dashboard', { intent: 'ask', text: 'find me 3 leads in Miami', key })).toMatchObject({ to: sent.to });
  const task = await ada.newestTask();
  const conversation = await ada.page(sent.to!);
  for (const words of ['find me 3 leads in Miami', 'row 3', 'leads.csv', 'Used']) expect(conversation).toContain(words);
  const page = wordsOf(await ada.page(`/tasks/${task}`));
  for (const words of ['Reserved 3', 'Used 3', '1 credit per lead', 'row 1']) expect(page).toContain(words);
  const { rows } = await stage().core.store.money.query<{ n: number }>(
    { text: 'SELECT count(*)::int AS n FROM tasks WHERE team_id = $1' },
    [(await ada.actor()).teamId],
  );
  expect(rows[0]!.n).toBe(1);
});

test('a follow-up goes on in its conversation, running again makes a new task, and what somebody thought is kept', async () => {
  const ada = await somebody();
  const { to } = await ada.post('/dashboard', { intent: 'ask', text: 'find me 3 leads in Miami' });
  const first = await ada.newestTask();
  const followUp = await ada.post(to!, { intent: 'ask', text: 'and 2 more leads' });
  expect(followUp).toMatchObject({ status: 302, to: `${to!.split('#')[0]}#task-${await ada.newestTask()}` });
  expect(await ada.page(to!)).toContain('and 2 more leads');
  const again = await ada.post(`/tasks/${first}`, { intent: 'again', key: newId() });
  expect(again).toMatchObject({ status: 302, to: expect.stringMatching(/^\/tasks\//) });
  expect(again.to).not.toBe(`/tasks/${first}`);
  await ada.newestTask();
  expect((await ada.post(`/tasks/${first}`, { intent: 'feedback', verdict: 'good' })).status).toBe(200);
  expect(await ada.page(`/tasks/${first}`)).toMatch(/aria-label="Good result"[^>]*aria-pressed="true"/);
  expect((await ada.post(`/tasks/${first}`, { intent: 'feedback', verdict: 'meh' })).status).toBe(400);
  const stopped = await ada.post(`/tasks/${first}`, { intent: 'cancel' });
  expect([stopped.status, stopped.text.includes('already')]).toEqual([409, true]);
});

test('what cannot be asked stays in the form with its reason, and takes nothing', async () => {
  const ada = await somebody();
  const refused = await ada.post('/dashboard', { intent: 'ask', text: '' });
  expect(refused.status).toBe(400);
  const poor = await ada.post('/dashboard', { intent: 'ask', text: 'find me 5000 leads', key: newId() });
  expect(poor.status).toBe(402);
  expect(wordsOf(poor.text)).toContain('This needs 5,000 credits and you have 50.');
  expect(poor.text).toMatch(/<textarea[^>]*>find me 5000 leads<\/textarea>/);
  // What is asked with the key that came back is another ask, not the refused one once more.
  const key = /name="key" value="([0-9a-f-]{36})"/.exec(poor.text)![1]!;
  expect(await ada.post('/dashboard', { intent: 'ask', text: 'find me 5 leads', key })).toMatchObject({ status: 302 });
  const again = await ada.post('/dashboard', { intent: 'ask', text: 'find me 5000 leads', key: newId() });
  expect(again.status).toBe(402);
});

test('a message that asks for no work gets a friendly answer in the form, and the line below says it before it is sent', async () => {
  const ada = await somebody();
  const thanks = await ada.post('/dashboard', { intent: 'ask', text: 'Thanks for the 100 leads!', key: newId() });
  expect(wordsOf(thanks.text)).toContain('You’re welcome. Whenever you need something else, just ask for it.');
  expect(thanks.text).toMatch(/<div role="status"[^>]*class="[^"]*bg-accent-wash/);
  expect(thanks.text).not.toContain('role="alert"');
  const line = async (text: string) => JSON.parse((await ada.post('/estimate', { text })).text) as object;
  expect(await line('Thanks for the 100 leads!')).toMatchObject({ isAnswer: true, trouble: expect.stringMatching(/^You’re welcome\./) });
  expect(await line('find me 5000 leads')).toMatchObject({ isAnswer: false, quantity: { count: 5_000, stated: true } });
  expect(await line('find the 2026 conference contacts')).toMatchObject({ high: 25, quantity: { count: 25, stated: false } });
});

test('a failed task says so with a way forward, and that it cost nothing', async () => {
  const ada = await somebody();
  await ada.post('/dashboard', { intent: 'ask', text: 'find me 3 broken leads' });
  const page = wordsOf(await ada.page(`/tasks/${await ada.newestTask()}`));
  for (const words of ['The agent could not finish this', 'Used 0', 'Returned 3']) expect(page).toContain(words);
});

test('the files of a task are shown in frames where nothing of them can run', async () => {
  const ada = await somebody();
  await ada.post('/dashboard', { intent: 'ask', text: 'find me 3 leads' });
  const task = await ada.newestTask();
  const page = await ada.page(`/tasks/${task}`);
  expect(page).not.toContain(HOSTILE);
  const files = Object.fromEntries(
    (await stage().app.tasks.get(await ada.actor(), task)).files.map(({ id, name }) => [name, `/tasks/${task}/files/${id}`]),
  );
  for (const name of ['notes.md', 'long.txt']) expect(page).toContain(`<noscript><iframe src="${files[name]}"`);
  expect(page).toContain(`<iframe src="${files['paper.pdf']}#toolbar=0&amp;navpanes=0&amp;view=FitH"`);
  expect(page).toContain(`<img src="${files['picture.png']}"`);
  expect(page).not.toContain(files['all.zip']);

  const notes = await ada.fetch(files['notes.md']!);
  expect(await notes.text()).toBe(`# Notes ${HOSTILE}`);
  expect(Object.fromEntries(shownHeaders.map((name) => [name, notes.headers.get(name)]))).toEqual({
    'content-type': 'text/plain; charset=utf-8',
    'content-disposition': `inline; filename="notes.md"; filename*=UTF-8''notes.md`,
    'content-security-policy':
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; style-src 'unsafe-inline'; sandbox",
    'x-frame-options': 'SAMEORIGIN',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-store, no-transform',
  });
  expect((await ada.fetch(files['picture.png']!)).headers.get('content-type')).toBe('image/png');
  const pdf = await ada.fetch(files['paper.pdf']!);
  expect([pdf.headers.get('content-type'), await pdf.text()]).toEqual(['application/pdf', '%PDF-1.7']);
  const long = await (await ada.fetch(files['long.txt']!)).text();
  expect(long).toBe(`${'ä'.repeat(1_000_000)}\n\n[… The rest is in the download.]\n`);
  const zip = await ada.fetch(files['all.zip']!);
  expect([zip.status, zip.headers.get('location')]).toEqual([302, expect.stringContaining('/f/')]);
  const head = await ada.fetch(files['notes.md']!, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);

  const eve = await somebody();
  const never = await eve.fetch(`/tasks/${newId()}/files/${newId()}`, { headers: { Accept: 'text/html' } });
  const hers = await eve.fetch(files['notes.md']!, { headers: { Accept: 'text/html' } });
  expect([hers.status, never.status]).toEqual([404, 404]);
  expect(wordsOf(await hers.text())).toContain('Task not found');
  expect((await newcomer().fetch(files['notes.md']!)).headers.get('location')).toMatch(/^\/login\?next=/);
});

test('a file that storage does not give now says so, and comes later', async () => {
  const ada = await somebody();
  await ada.post('/dashboard', { intent: 'ask', text: 'find me 3 leads' });
  const task = await ada.newestTask();
  const { id } = (await stage().app.tasks.get(await ada.actor(), task)).files.find(({ name }) => name === 'notes.md')!;
  storageIsAway = true;
  const away = await ada.fetch(`/tasks/${task}/files/${id}`, { headers: { Accept: 'text/html' } });
  storageIsAway = false;
  expect([away.status, wordsOf(await away.text())]).toEqual([503, expect.stringContaining('can’t be downloaded right now')]);
  expect((await ada.fetch(`/tasks/${task}/files/${id}`)).status).toBe(200);
});

test('the history finds by what stands in the address, and says when nothing fits', async () => {
  const ada = await somebody();
  expect(await ada.page('/tasks')).toContain('href="/dashboard"');
  await ada.post('/dashboard', { intent: 'ask', text: 'find me 3 leads in Oslo' });
  await ada.newestTask();
  expect(await ada.page('/tasks?search=oslo&status=completed')).toContain('find me 3 leads in Oslo');
  expect(await ada.page('/tasks?search=paris')).toContain('No task matches your search and filters.');
  expect(await ada.page('/dashboard?search=oslo')).toContain('find me 3 leads in Oslo');
  for (const odd of ['status=__proto__', 'before=1', 'type=constructor', `search=${'%25'.repeat(2_000)}`, 'platform[]=x'])
    await ada.page(`/tasks?${odd}`);
});

// --- The people.

const shownHeaders = [
  'content-type',
  'content-disposition',
  'content-security-policy',
  'x-frame-options',
  'x-content-type-options',
  'cache-control',
];

const newcomer = () => portalVisitor(stage());

/** With the credits that everybody begins with. */
async function somebody() {
  const person = newcomer();
  await person.signUp(person.email);
  return {
    ...person,
    /** Waits until it is over. */
    async newestTask(): Promise<string> {
      const { app } = stage();
      const who = await person.actor();
      const [line] = (await app.tasks.list(who, { limit: 1 })).tasks;
      await vi.waitFor(async () => expect((await app.tasks.get(who, line!.id)).over).toBe(true));
      return line!.id;
    },
  };
}
