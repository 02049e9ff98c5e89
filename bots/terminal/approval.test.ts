// A person at a terminal whose team confirms requests over 10 credits, in front of the whole product.

import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { loggedIn } from '#core/testing/stages/shared-team.ts';
import { forAll, openStage, stage, type Person, type Stage } from '#core/testing/stages/stage.ts';
import { cuttableLine } from '../testing/cuttable-line.ts';
import { createClient } from './client/client.ts';
import { runCommand } from './commands.ts';
import type { Conversation } from './conversation.ts';
import type { Session } from './follow.ts';
import { pickUp } from './pick-up.ts';
import { request, type Ended } from './request.ts';
import { askLine } from './screen/question.ts';
import { screenOn, type Output } from './screen/screen.ts';

const usual = forAll(() => openStage());
const ctrlC = '\u0003';
const ctrlD = '\u0004';
const text = 'find me 20 leads in Miami';

test('y starts a task that needs approval, and it is watched to its end', async () => {
  const { ada, terminal } = await careful();
  const { asks, type, seen } = terminal();
  const asked = asks(text);
  await type('y\n');
  expect(await asked).toMatchObject({ end: 'done' });
  expect(seen()).toMatch(/Quantity +20 leads\n +Estimate +about 16, at most 20 credits\n/);
  expect(seen()).toMatch(/Start this task\? \[y\/N\] y\s[^]*… On it\n[^]*✓ Done: 20 leads\n/);
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 20', 'settle 20']);
});

test.each(['n', 'No', ''])('“%s” and Enter cancels it, and nothing was charged', async (answer) => {
  const { ada, terminal } = await careful();
  const { asks, type, seen } = terminal();
  const asked = asks(text);
  await type(`${answer}\n`);
  expect(await asked).toMatchObject({ end: 'not-done' });
  expect(seen()).toContain('● Canceled\n  Nothing was charged.\n');
  expect(await ada.ledger()).toEqual(['grant 500']);
});

test('any other answer starts nothing, and is asked about again', async () => {
  const { ada, terminal } = await careful();
  const { asks, type, seen } = terminal();
  const asked = asks(text);
  await type('yes please\n');
  await vi.waitFor(() => expect(seen()).toContain('Type y to start the task, or n to cancel it.'));
  expect(await ada.ledger()).toEqual(['grant 500']);
  await type('YES\n', 2);
  expect(await asked).toMatchObject({ end: 'done' });
});

test.each([
  ['Ctrl-C', ctrlC],
  ['Ctrl-D', ctrlD],
])('%s leaves it waiting, says until when and how to go on, and --continue asks again', async (_, key) => {
  const { ada, terminal, task } = await careful();
  const first = terminal();
  const asked = first.asks(text);
  await first.type(key);
  const { end, taskId, conversation } = await asked;
  expect(end).toBe('waiting');
  expect(first.seen()).toMatch(
    /The task waits for approval until \w+ \d+, \d+:\d\d [AP]M \S+\. To answer later:\n {2}npm run ask -- --continue (\S+)\n/,
  );
  expect(first.seen()).toContain(`--continue ${conversation.id}\n`);
  expect(await task(taskId)).toMatchObject({ status: 'awaiting_approval', creditsHeld: 0 });

  const later = terminal();
  const picked = pickUp(later.session, conversation.id, { look: true });
  await later.type('y\n');
  expect(await picked).toMatchObject({ waits: false });
  expect(later.seen()).toMatch(/  › find me 20 leads in Miami\s+Start this task\? \[y\/N\] /);
  expect(later.seen()).toContain('✓ Done: 20 leads');
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 20', 'settle 20']);
});

test('--continue asks about each task that waits, and about none that was answered', async () => {
  const { terminal, task } = await careful();
  const first = terminal();
  const ids: string[] = [];
  let conversation: Conversation | null = null;
  for (const [n, key] of [ctrlC, 'n\n', ctrlC].entries()) {
    const asked = first.asks(`find me ${20 + n} leads in Miami`, conversation);
    await first.type(key, n + 1);
    const ended: Ended = await asked;
    conversation = ended.conversation;
    ids.push(ended.taskId);
  }
  const later = terminal();
  const picked = pickUp(later.session, conversation!.id, { look: true });
  await later.type('n\n');
  await later.type('y\n', 2);
  expect(await picked).toMatchObject({ waits: false });
  expect(later.seen().match(/ › find me \d+ leads/g)).toEqual([' › find me 20 leads', ' › find me 22 leads']);
  const statuses = await Promise.all(ids.map(async (id) => (await task(id)).status));
  expect(statuses).toEqual(['canceled', 'canceled', 'completed']);
});

test('--yes approves without asking', async () => {
  const { ada, terminal } = await careful();
  const { asks, seen } = terminal({ yes: true });
  expect(await asks(text)).toMatchObject({ end: 'done' });
  expect(seen()).not.toContain('[y/N]');
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 20', 'settle 20']);
});

test('an approval that is refused says why and how to go on, and the task goes on waiting', async () => {
  const { ada, terminal, task } = await careful(25);
  const { asks, type, seen, asking } = terminal();
  const asked = asks(text);
  await asking();
  await ada.get('find me 8 leads');
  await type('y\n');
  const { end, taskId } = await asked;
  expect(end).toBe('waiting');
  expect(seen()).toMatch(
    /✗ This needs 20 credits and you have 17\.\n {2}Add credits and approve it again, or change it to ask for fewer\./,
  );
  expect(seen()).toContain('The task waits for approval until ');
  expect(await task(taskId)).toMatchObject({ status: 'awaiting_approval', creditsHeld: 0 });
});

test('when the answer to an approval is lost, it is sent again, and the task starts once', async () => {
  const { ada, terminal } = await careful();
  const line = await cuttableLine(usual().url);
  const { asks, type, seen, asking } = terminal({ url: line.url });
  const asked = asks(text);
  await asking();
  line.loseAnswerTo('/approve HTTP');
  await type('y\n');
  expect(await asked).toMatchObject({ end: 'done' });
  expect(seen()).toContain('Connection lost. Reconnecting…\n  Connected again.');
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 20', 'settle 20']);
});

test.each(['y', 'n'])('canceled elsewhere while the question stands, it says so, whatever is answered: %s', async (answer) => {
  const { terminal, ada, waitingTask } = await careful();
  const { asks, type, seen, asking } = terminal();
  const asked = asks(text);
  await asking();
  await usual().app.tasks.cancel(ada, await waitingTask());
  await type(`${answer}\n`);
  expect(await asked).toMatchObject({ end: 'not-done' });
  expect(seen().match(/● Canceled\n {2}Nothing was charged\.\n/g)).toHaveLength(1);
  expect(seen()).not.toContain('✗');
});

test('approved elsewhere while the question stands, it is watched to its end, and y starts nothing twice', async () => {
  const { terminal, ada, waitingTask } = await careful();
  const { asks, type, seen, asking } = terminal();
  const asked = asks(text);
  await asking();
  await usual().app.tasks.approve(ada, await waitingTask());
  await type('y\n');
  expect(await asked).toMatchObject({ end: 'done' });
  expect(seen().match(/Done: 20 leads/g)).toHaveLength(1);
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 20', 'settle 20']);
});

test('approved elsewhere while the question stands, it is not stopped by a late n', async () => {
  const { terminal, ada, waitingTask } = await careful();
  const { openclaw, app } = usual();
  const { asks, type, seen, asking } = terminal();
  openclaw.set({ held: true });
  const asked = asks(text);
  await asking();
  await app.tasks.approve(ada, await waitingTask());
  await type('n\n');
  await vi.waitFor(() => expect(seen()).toContain('The task was approved in the meantime, so it was not canceled.'));
  openclaw.set({ held: false });
  expect(await asked).toMatchObject({ end: 'done' });
  expect(await ada.ledger()).toEqual(['grant 500', 'hold 20', 'settle 20']);
});

test.each(['y', 'n'])('expired while the question stands, it says so once, whatever is answered: %s', async (answer) => {
  const clock = clockByHand();
  const product = await stage({ clock });
  const { terminal, ada, waitingTask } = await careful(500, product);
  const { asks, type, seen, asking } = terminal();
  const asked = asks(text);
  await asking();
  clock.forward(25 * 3_600_000);
  const id = await waitingTask();
  await vi.waitFor(async () => expect((await product.app.tasks.get(ada, id)).over).toBe(true));
  await type(`${answer}\n`);
  expect(await asked).toMatchObject({ end: 'not-done' });
  expect(seen()).toContain('✗ Nobody approved this request within 24 hours, so it was not started.\n  Nothing was charged. ');
  expect(seen().match(/Nobody approved this request/g)).toHaveLength(1);
});

test('an approval at the very moment of its expiry is refused as expired, also before upkeep has run', async () => {
  const clock = clockByHand();
  const { terminal } = await careful(500, await stage({ clock, timings: { sweepEveryMs: 48 * 3_600_000 } }));
  const { asks, type, seen, asking } = terminal();
  const asked = asks(text);
  await asking();
  clock.forward(25 * 3_600_000);
  await type('y\n');
  expect(await asked).toMatchObject({ end: 'not-done' });
  expect(seen()).toContain(
    '✗ Nobody approved this request within 24 hours, so it was not started.\n  Run it again if you still need it.\n',
  );
  expect(seen()).not.toContain('The task waits for approval until');
});

test('at the prompt, /approve starts the task that waits, /cancel cancels it, /retry asks again, and /help lists them', async () => {
  const { terminal, task } = await careful();
  const { session, asks, type, seen } = terminal();
  const asked = asks(text);
  await type(ctrlC);
  const { taskId, conversation } = await asked;

  await runCommand('/cancel', session, conversation);
  expect(await task(taskId)).toMatchObject({ status: 'canceled', creditsUsed: 0 });
  expect(seen()).toContain('● Canceled\n  Nothing was charged.\n');

  const retried = runCommand('/retry', session, conversation);
  await type(ctrlC, 2);
  await retried;
  await runCommand('/approve', session, conversation);
  expect(seen()).toContain('✓ Done: 20 leads');
  await runCommand('/approve', session, conversation);
  expect(seen()).toContain('No task needs approval here.\n');

  await runCommand('/help', session, conversation);
  expect(seen()).toMatch(/\/approve +Start the task that needs approval here\n +\/cancel +Cancel the task that runs or waits here\n/);
});

/** Somebody whose team confirms requests over 10 credits. */
async function careful(credits = 500, product: Stage = usual()) {
  const { app, url, person } = product;
  const ada = await person(credits);
  await app.privacy.setTeamSettings(loggedIn(ada), { confirmAbove: '10000000' });
  return {
    ada,
    task: (id: string) => app.tasks.get(ada, id),
    waitingTask: async () => (await app.tasks.history(ada, { limit: 1 }))[0]!.id,
    terminal: (given: { url?: string; yes?: boolean } = {}) => terminalOf(ada, { url, yes: false, ...given }),
  };
}

/** A terminal with a keyboard. What is typed waits for the question, the `nth` one. */
function terminalOf({ apiKey }: Person, { url, yes }: { url: string; yes: boolean }) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: vi.fn() });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 24 });
  let printed = '';
  output.setEncoding('utf8').on('data', (words: string) => (printed += words));
  // What readline does to the cursor is none of the words.
  const seen = () => printed.replace(/\u001b\[[\d?]*[A-Za-z]/g, '').replaceAll('\r', '');
  const client = createClient({ url, apiKey });
  const screen = screenOn(output as Output, { TERM: 'xterm', NO_COLOR: '1' });
  const session: Session = {
    target: { url, client, startedByUs: false, async stop() {} },
    screen,
    input: input as unknown as NodeJS.ReadStream,
    question: (words) => askLine({ input, output, lives: true }, words),
    yes,
  };
  const asking = (nth = 1) => vi.waitFor(() => expect(printed.match(/\[y\/N\] \u001b/g)?.length).toBeGreaterThanOrEqual(nth));
  return {
    session,
    seen,
    asking,
    asks: (words: string, conversation: Conversation | null = null) =>
      request(session, { text: words, files: [], key: crypto.randomUUID() }, conversation),
    async type(keys: string, nth = 1) {
      await asking(nth);
      input.write(keys);
    },
  };
}
