import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { loggedIn } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, type Person } from '#core/testing/stages/stage.ts';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { cuttableLine } from '../testing/cuttable-line.ts';

const stage = forAll(() => openStage());

test('a request is taken, watched, delivered and paid for, and the link opens', async () => {
  const { url, person } = stage();
  const ada = await person(500);
  const { code, said } = await ask(url, ada, ['find me 3 leads in Miami']).end;

  expect(said).toContain('Read as lead-generation because of “leads”.');
  expect(said).toMatch(/Quantity +3 leads\n +Estimate +3 credits\n +Reserved +3 credits\n +Left to spend +497 credits/);
  expect(said).toMatch(/✓ Done: 3 leads\n/);
  expect(said).toMatch(/Used +3 of 3 credits reserved\n +Returned +0 credits\n +Left to spend +497 credits/);
  expect(code).toBe(0);
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 3', 'settle 3']);

  const steps = stepsIn(said);
  expect(steps.length).toBeGreaterThan(1);
  expect(new Set(steps).size).toBe(steps.length);

  const csv = await (await fetch(/http\S+\/f\/\S+/.exec(said)![0])).text();
  expect(csv.trim().split('\n')).toHaveLength(4);
  expect(said).toContain(csv.split('\n')[1]!.split(',')[2]!.slice(0, 6));
});

test('a person with too few credits is told so, and what to do', async () => {
  const { url, person } = stage();
  const ada = await person(2);
  const { code, said } = await ask(url, ada, ['find me 100 leads in Miami']).end;
  expect(said).toMatch(/✗ This needs 100 credits and you have 2\.\n  Add credits or ask for fewer\.\n/);
  expect(code).toBe(1);

  const script = await ask(url, ada, ['--json', 'find me 100 leads in Miami']).end;
  expect(JSON.parse(script.out)).toMatchObject({ error: { code: 'credits.short' } });
  expect(script.code).toBe(1);
});

test('thanks start nothing, are answered kindly and end well; a script learns that no task was done', async () => {
  const { url, person } = stage();
  const ada = await person();
  const { code, said } = await ask(url, ada, ['Thanks for the 100 leads!']).end;
  expect(said).toMatch(/^● You’re welcome\.\n {2}Whenever you need something else, just ask for it\.\n/);
  expect(code).toBe(0);

  const script = await ask(url, ada, ['--json', 'Thanks for the 100 leads!']).end;
  expect(JSON.parse(script.out)).toMatchObject({ error: { code: 'ask.thanks' } });
  expect(script.code).toBe(1);
  expect(await ada.ledger()).toEqual(['grant 500']);
});

test('a task that fails exits with 1, says why, and costs nothing', async () => {
  const { url, person, openclaw } = stage();
  openclaw.set({ modelError: 'overloaded' });
  const { code, said } = await ask(url, await person(), ['research three competitors']).end;
  openclaw.set({ modelError: null });
  expect(said).toContain('✗ The agent could not finish this task.\n  Nothing was charged.');
  expect(code).toBe(1);
});

test('a script pipes its request in, reads the task as JSON, and may repeat itself without asking twice', async () => {
  const { url, person } = stage();
  const ada = await person();
  const run = () => ask(url, ada, ['--json', '--key', 'monday'], 'find me 3 leads\nin Miami\n').end;
  const [first, second] = [await run(), await run()];
  expect(JSON.parse(first.out)).toMatchObject({ requestText: 'find me 3 leads\nin Miami', status: 'completed', creditsUsed: 3 });
  expect(JSON.parse(second.out).id).toBe(JSON.parse(first.out).id);
  expect(first.code).toBe(0);
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 3', 'settle 3']);
});

test('where nobody can be asked, a task that needs approval is not started, and --yes starts it', async () => {
  const { url } = stage();
  const ada = await careful();
  const { code, said } = await ask(url, ada, ['find me 20 leads in Miami']).end;
  expect(said).toMatch(/^… Start this task\?\n/);
  expect(said).not.toContain('[y/N]');
  const [, conversation] =
    /This is not an interactive terminal, so the task was not started\. The task waits for approval until .+\. To start it:\n {2}npm run ask -- --continue (\S+) --yes\n/.exec(
      said,
    )!;
  expect(code).toBe(1);
  expect(await ada.ledger()).toEqual(['grant 500']);

  const looked = await ask(url, ada, ['--continue', conversation!]).end;
  expect(looked).toMatchObject({ code: 1, said: expect.stringContaining('This is not an interactive terminal') });
  const approved = await ask(url, ada, ['--continue', conversation!, '--yes']).end;
  expect(approved).toMatchObject({ code: 0, said: expect.stringContaining('Done: 20 leads') });
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 20', 'settle 20']);
});

test('a script reads the task that needs approval as JSON, and the same key with --yes approves it', async () => {
  const { url } = stage();
  const ada = await careful();
  const run = (...more: string[]) => ask(url, ada, ['--json', '--key', 'tuesday', ...more, 'find me 20 leads in Miami']).end;
  const [first, second, approved, after] = [await run(), await run(), await run('--yes'), await run()];
  const { id, approveBy } = JSON.parse(first.out);
  expect(JSON.parse(first.out)).toMatchObject({ status: 'awaiting_approval', approveBy: expect.stringContaining('T'), creditsHeld: 0 });
  expect(JSON.parse(second.out)).toMatchObject({ id, status: 'awaiting_approval', approveBy });
  expect(JSON.parse(approved.out)).toMatchObject({ id, status: 'completed', creditsUsed: 20 });
  expect(JSON.parse(after.out)).toMatchObject({ id, status: 'completed' });
  expect([first.code, second.code, approved.code, after.code]).toEqual([1, 1, 0, 0]);
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 20', 'settle 20']);
});

test('files go with the request', async () => {
  const { url, person, core } = stage();
  const folder = await temporaryFolder('ask');
  onTestFinished(() => folder.remove());
  await writeFile(path.join(folder.path, 'customers.csv'), 'name\nAnn\n');
  const args = ['--json', '--file', 'customers.csv', 'write 2 emails to these people'];
  const { code, out } = await ask(url, await person(), args, '', { INIT_CWD: folder.path }).end;
  expect(code).toBe(0);
  const { rows } = await core.store.money.query(
    { text: `SELECT name, mime, size_bytes::int FROM files WHERE task_id = $1 AND role = 'input'` },
    [JSON.parse(out).id],
  );
  expect(rows).toEqual([{ name: 'customers.csv', mime: 'text/csv; charset=utf-8', size_bytes: 9 }]);
});

test('when the answer to a request is lost, the work is done and paid for once', async () => {
  const { url, person } = stage();
  const ada = await person();
  const line = await cuttableLine(url);
  line.loseAnswerTo('POST /api/tasks/create');
  const { code, said } = await ask(line.url, ada, ['find me 3 leads in Miami']).end;
  expect(said).toContain('Connection lost. Reconnecting…\n  Connected again.');
  expect(said).toContain('✓ Done: 3 leads');
  expect(code).toBe(0);
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 3', 'settle 3']);
});

test('when the connection is cut in the middle, nothing is missed and nothing comes twice', async () => {
  const { url, person, openclaw } = stage();
  openclaw.set({ held: true });
  const line = await cuttableLine(url);
  const asked = ask(line.url, await person(), ['find me 3 leads in Miami']);
  await asked.until('▸');
  line.setDown(true);
  await asked.until('Connection lost');
  openclaw.set({ held: false });
  line.setDown(false);
  const { code, said } = await asked.end;
  expect(said).toContain('Connected again.');
  expect(said.match(/Done: 3 leads/g)).toHaveLength(1);
  expect(new Set(stepsIn(said)).size).toBe(stepsIn(said).length);
  expect(code).toBe(0);
});

test('a person who leaves a running task finds its result later', async () => {
  const { url, person, openclaw } = stage();
  openclaw.set({ held: true });
  const ada = await person();
  const asked = ask(url, ada, ['find me 3 leads in Miami']);
  await asked.until('▸');
  asked.kill('SIGINT');
  const left = await asked.end;
  openclaw.set({ held: false });
  expect(left.code).toBe(1);
  const [, conversation] = /The task keeps running\. To see the result:\n {2}npm run ask -- --continue (\S+)/.exec(left.said)!;

  const looked = await ask(url, ada, ['--continue', conversation!]).end;
  expect(looked.said).toContain('Done: 3 leads');
  expect(looked.code).toBe(0);
});

test('a follow-up goes on in its conversation and shows only what is new', async () => {
  const { url, person } = stage();
  const ada = await person();
  const first = JSON.parse((await ask(url, ada, ['--json', 'find me 3 leads in Miami']).end).out);
  const { said, code } = await ask(url, ada, ['--continue', first.conversationId, 'find me 2 more leads']).end;
  expect(said).toContain('Done: 2 leads');
  expect(said).not.toContain('Done: 3 leads');
  expect(code).toBe(0);
  expect(await conversationsOf(url, ada)).toEqual([first.conversationId, first.conversationId]);
});

test.each([
  ['an unknown type', ['--type', 'reserch', 'x'], 'Did you mean research?'],
  ['a file that is not there', ['--file', '/nowhere/x.csv', 'x'], 'The file /nowhere/x.csv can’t be read.'],
  ['nothing to ask', [], 'Your request is empty.'],
])('%s is a wrong use, told before anything is started', async (_, args, words) => {
  const { code, err } = await ask('http://127.0.0.1:1', { apiKey: 'x' }, args).end;
  expect(err).toContain(words);
  expect(code).toBe(2);
});

test('a product that does not answer, or does not know the key, is told in words', async () => {
  const nothing = await ask('http://127.0.0.1:1', { apiKey: 'x' }, ['find me 3 leads']).end;
  expect(nothing).toMatchObject({ code: 1, err: 'Nothing answers at http://127.0.0.1:1 (IMPACTER_URL).\n' });

  const { url } = stage();
  const stranger = await ask(url, { apiKey: 'wrong' }, ['find me 3 leads']).end;
  expect(stranger).toMatchObject({
    code: 1,
    err: 'This API key is invalid or was revoked. Create a new key on the API keys page of your team.\n',
  });
});

/** Somebody whose team confirms requests over 10 credits. */
async function careful(): Promise<Person> {
  const ada = await stage().person();
  await stage().app.privacy.setTeamSettings(loggedIn(ada), { confirmAbove: '10000000' });
  return ada;
}

function stepsIn(said: string): string[] {
  return said.split('\n').filter((line) => /^ {2}[▸✓✗] /.test(line));
}

/** Of each task, newest first. */
async function conversationsOf(url: string, { apiKey }: Person): Promise<string[]> {
  const answer = await fetch(`${url}/api/tasks`, { headers: { Authorization: `Bearer ${apiKey}` } });
  return ((await answer.json()) as { tasks: { conversationId: string }[] }).tasks.map(({ conversationId }) => conversationId);
}

/** The command as people run it, in a process of its own without a terminal. */
function ask(url: string, { apiKey }: { apiKey: string }, args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}) {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'ask.ts'), ...args], {
    env: { PATH, NODE_COMPILE_CACHE, IMPACTER_URL: url, IMPACTER_API_KEY: apiKey, ...env },
  });
  child.stdin.end(input);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const closed = once(child, 'close') as Promise<[number]>;
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  return {
    until: (words: string) => vi.waitFor(() => expect(out).toContain(words)),
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    end: closed.then(([code]) => ({ code, out, err, said: out + err })),
  };
}
