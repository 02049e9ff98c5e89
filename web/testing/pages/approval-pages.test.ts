// Asking before spending, as a browser without JavaScript sees it.

import { expect, test, vi } from 'vitest';
import { micro, showCredits } from '#core/domain/credits/credits.ts';
import { newId } from '#core/domain/ids.ts';
import type { Role } from '#core/domain/team/permission.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';
import { portalVisitor, wordsOf, type PortalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { proxied } from '#core/testing/visitors/visitor.ts';

const DAY_MS = 24 * 3_600_000;
const agents = agentsThat((job) => done('Here they are.', [csvOf('leads.csv', job.quantity ?? 1)]));
const clock = clockByHand();
const stage = forAll(() => openStage({ portal: true, agents, clock, settings: { ...proxied, STARTING_CREDITS: '50' } }));

test('a request over the team’s threshold waits and holds nothing, and its turn and its page say what it may cost and why they ask', async () => {
  const ada = await careful();
  const { at, task } = await asked(ada, 'find me 20 leads in Miami');
  const conversation = seenOn(await ada.page(at));
  const page = seenOn(await ada.page(`/tasks/${task}`));
  for (const shown of [conversation, page])
    for (const words of [
      'Needs approval',
      'Start this task?',
      'Leads · 20 · about 16 credits, max 20',
      'Your team confirms requests over 10 credits.',
      'Nothing is charged until it is approved. This request expires',
      'Approve · up to 20 credits Change Cancel task',
    ])
      expect(shown).toContain(words);
  expect(page).toMatch(
    /Timeline .* Needs approval, read as lead-generation because of “leads”; 20 leads, estimate about 16, at most 20 credits/,
  );
  expect(seenOn(await ada.page('/tasks'))).toMatch(/find me 20 leads in Miami Needs approval just now/);
  expect(await ledgerOf(ada)).toEqual(['grant 50']);
});

test('a number that nobody named is said to be the usual one', async () => {
  const ada = await careful();
  const { at } = await asked(ada, 'find me leads in Miami');
  expect(seenOn(await ada.page(at))).toContain('Leads · 25 (the usual number) · about 20 credits, max 25');
});

test('a request of the threshold or below starts at once', async () => {
  const ada = await careful();
  const { at, task } = await asked(ada, 'find me 10 leads');
  await untilOver(ada, task);
  expect(seenOn(await ada.page(at))).not.toContain('Start this task?');
  expect(await ledgerOf(ada)).toEqual(['grant 50', 'hold 10', 'settle 10']);
});

test('approving starts the task and holds its credits once, however often it is pressed', async () => {
  const ada = await careful();
  const { at, task } = await asked(ada, 'find me 20 leads');
  const pressed = await Promise.all(Array.from({ length: 5 }, () => ada.post(at, { intent: 'approve', task })));
  expect(pressed.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(seenOn(pressed[0]!.text)).not.toContain('Start this task?');
  await untilOver(ada, task);
  expect((await ada.post(`/tasks/${task}`, { intent: 'approve' })).status).toBe(200);
  expect(await ledgerOf(ada)).toEqual(['grant 50', 'hold 20', 'settle 20']);
  expect(seenOn(await ada.page(at))).toContain('row 1');
});

test('another member sees whom it waits for and can neither approve nor change it; who may stop tasks cancels it', async () => {
  const ada = await owner();
  const mo = await joined(ada, 'member');
  const ann = await joined(ada, 'approver');
  await ada.post('/team/data', { intent: 'confirm', confirmAbove: '10' });
  const { at, task } = await asked(mo, 'find me 20 leads');
  const { name } = await stage().app.accounts.profile(await mo.actor());
  for (const other of [ada, ann]) {
    const shown = await other.page(at);
    expect(seenOn(shown)).toContain(`Waiting for ${name} to approve`);
    expect(seenOn(shown)).toContain('Your team confirms requests over 10 credits.');
    expect(shown).toContain('value="cancel"');
    for (const intent of ['approve', 'change']) {
      expect(shown).not.toContain(`value="${intent}"`);
      const refused = await other.post(at, { intent, task });
      expect([refused.status, seenOn(refused.text)]).toEqual([403, expect.stringContaining('Only the person who asked for this task can')]);
    }
  }
  const gus = await joined(ada, 'guest');
  expect(await gus.page(at)).not.toContain('name="task"');
  expect((await gus.post(at, { intent: 'approve', task })).status).toBe(403);
  expect(await statusOf(mo, task)).toBe('awaiting_approval');
  expect((await ann.post(at, { intent: 'cancel', task })).status).toBe(200);
  expect(seenOn(await mo.page(at))).toContain('Canceled. Nothing was charged.');
  expect(seenOn(await mo.page(at))).not.toContain('Used 0');
  expect(await ledgerOf(mo)).toEqual(['grant 100']);
});

test('what one person asks to be confirmed above is not told to others', async () => {
  const ada = await owner();
  const mo = await joined(ada, 'member');
  await mo.post('/settings', { intent: 'spending', confirmAbove: '5' });
  const { at } = await asked(mo, 'find me 6 leads');
  expect(seenOn(await mo.page(at))).toContain('You confirm requests over 5 credits.');
  expect(seenOn(await ada.page(at))).not.toContain('over 5 credits');
});

test('changing it cancels the task and brings its words and its files back into the composer, once', async () => {
  const ada = await careful();
  const file = await uploaded(ada, 'briefing.txt');
  const { at, task } = await asked(ada, 'find me 20 leads like these', { file });
  const [first, second] = [await ada.post(at, { intent: 'change', task }), await ada.post(`/tasks/${task}`, { intent: 'change' })];
  expect(first).toMatchObject({ status: 302, to: `${at.split('#')[0]}?change=${task}` });
  expect(second).toMatchObject({ status: 302, to: first.to });
  const changing = await ada.page(first.to!);
  expect(changing).toMatch(/<textarea[^>]*autofocus[^>]*>find me 20 leads like these<\/textarea>/i);
  expect(seenOn(changing)).toContain('Canceled. Nothing was charged.');
  const files = [...changing.matchAll(/name="file" value="([^"]+)"/g)].map(([, field]) => field!);
  expect(files).toEqual([expect.stringMatching(/^[0-9a-f-]{36}:briefing\.txt$/)]);
  expect(files[0]).not.toBe(file);
  const key = /name="key" value="([0-9a-f-]{36})"/.exec(changing)![1]!;
  const sent = await ada.post(first.to!, { intent: 'ask', text: 'find me 5 leads like these', file: files[0]!, key });
  expect(sent).toMatchObject({ status: 302, to: expect.stringContaining(`${at.split('#')[0]}#task-`) as string });
  const changed = sent.to!.split('#task-')[1]!;
  await untilOver(ada, changed);
  for (const id of [task, changed]) expect(await ada.page(`/tasks/${id}`)).toContain('briefing.txt');
  expect(seenOn(await ada.page(first.to!))).toContain('This file is no longer available. Attach it again: briefing.txt');
  expect(await ledgerOf(ada)).toEqual(['grant 50', 'hold 5', 'settle 5']);
});

test('a file that is not kept any more is named when the request is changed', async () => {
  const ada = await careful();
  const { at, task } = await asked(ada, 'find me 20 leads like these', { file: await uploaded(ada, 'old.txt') });
  await stage().core.store.money.query({ text: 'UPDATE files SET removed_at = now() WHERE task_id = $1' }, [task]);
  const changing = await ada.page((await ada.post(at, { intent: 'change', task })).to!);
  expect(seenOn(changing)).toContain('This file is no longer available. Attach it again: old.txt');
  expect(changing).not.toContain('name="file"');
});

test('a task that started is not changed any more, and its words do not come back by its address', async () => {
  const ada = await careful();
  const { at, task } = await asked(ada, 'find me 3 leads');
  await untilOver(ada, task);
  expect((await ada.post(at, { intent: 'change', task })).status).toBe(409);
  for (const other of [task, newId(), 'x'])
    expect(await ada.page(`${at.split('#')[0]}?change=${other}`)).toMatch(/<textarea[^>]*><\/textarea>/);
});

test('an approval that is refused says why and what to do, keeps the card, and works once there are credits', async () => {
  const ada = await careful();
  const { at, task } = await asked(ada, 'find me 30 leads');
  for (let n = 0; n < 3; n++) await untilOver(ada, (await asked(ada, 'find me 10 leads')).task);
  for (const place of [at, `/tasks/${task}`]) {
    const refused = await ada.post(place, { intent: 'approve', task });
    expect(refused.status).toBe(402);
    expect(refused.text).toMatch(
      /role="alert"[^>]*>.*This needs 30 credits and you have 20\..*<a [^>]*href="\/buy"[^>]*>Get credits<\/a>/s,
    );
    expect(seenOn(refused.text)).toContain('Approve · up to 30 credits');
  }
  expect(await statusOf(ada, task)).toBe('awaiting_approval');
  await grant(ada, 100);
  const { app } = stage();
  const wanted = { kind: 'team', subject: '', credits: '10000000', period: 'day', timeZone: 'UTC' } as const;
  const limit = await app.credits.setLimit(await ada.actor(), wanted);
  expect(seenOn((await ada.post(at, { intent: 'approve', task })).text)).toMatch(
    /This needs 30 credits and .*10.* Approve · up to 30 credits/,
  );
  await app.credits.removeLimit(await ada.actor(), limit.id);
  expect(seenOn((await ada.post(at, { intent: 'approve', task })).text)).not.toContain('This needs 30 credits');
  expect(await untilOver(ada, task)).toMatchObject({ status: 'completed' });
});

test('the lower of the team’s and one’s own threshold counts, whatever it is asked with, and an empty one is never', async () => {
  const ada = await careful();
  expect(seenOn(await ada.page('/settings'))).toMatch(/Ask before spending .* in chats, and through the API/);
  expect(seenOn(await ada.page('/team/data'))).toMatch(/Ask before spending .* in chats, and through the API/);
  const refused = await ada.post('/settings', { intent: 'spending', confirmAbove: 'many' });
  expect([refused.status, seenOn(refused.text)]).toEqual([400, expect.stringContaining('must be a number of credits, or empty')]);
  expect(await ada.post('/settings', { intent: 'spending', confirmAbove: '4.5' })).toMatchObject({ to: '/settings?done=spending' });
  expect(await ada.page('/settings?done=spending')).toMatch(/name="confirmAbove"[^>]*value="4.5"|value="4.5"[^>]*name="confirmAbove"/);
  const { at } = await asked(ada, 'find me 5 leads');
  expect(seenOn(await ada.page(at))).toContain('You confirm requests over 4.5 credits.');
  const { userId, teamId } = await ada.actor();
  const byProgram = await stage().app.tasks.ask({
    key: newId(),
    threadRef: `web:${newId()}`,
    from: { kind: 'user', userId, teamId },
    text: 'find me 5 leads',
    at: clock.now(),
  });
  expect(byProgram).toMatchObject({ kind: 'approval', above: '4500000' });
  await ada.post('/settings', { intent: 'spending', confirmAbove: '' });
  await untilOver(ada, (await asked(ada, 'find me 5 leads')).task);
});

test('what nobody approved for 24 hours says so, and running it again asks again', async () => {
  const ada = await careful();
  const { at, task } = await asked(ada, 'find me 20 leads');
  clock.forward(DAY_MS + 1_000);
  expect(await untilOver(ada, task)).toMatchObject({ status: 'canceled' });
  for (const place of [at, `/tasks/${task}`]) {
    const shown = seenOn(await ada.page(place));
    for (const words of [
      'Canceled',
      'Nobody approved this request within 24 hours, so it was not started. Nothing was charged.',
      'Run again',
    ])
      expect(shown).toContain(words);
    expect(shown).not.toContain('Start this task?');
  }
  const again = await ada.post(at, { intent: 'again', task, key: newId() });
  expect(again).toMatchObject({ status: 302, to: expect.stringMatching(/^\/tasks\//) as string });
  expect(seenOn(await ada.page(again.to!))).toContain('Start this task? Leads · 20 · about 16 credits, max 20');
  expect(await ledgerOf(ada)).toEqual(['grant 50']);
});

// --- The people.

/** What somebody reads on a page: what its scripts know is not among it. */
function seenOn(page: string): string {
  return wordsOf(page.replace(/<script[^]*?<\/script>/g, ''));
}

async function somebody(): Promise<PortalVisitor> {
  const person = portalVisitor(stage());
  await person.signUp(person.email);
  return person;
}

/** In a team that confirms requests over 10 credits, with 50. */
async function careful(): Promise<PortalVisitor> {
  const ada = await somebody();
  await ada.post('/team/data', { intent: 'confirm', confirmAbove: '10' });
  return ada;
}

/** With a team besides their own, and 100 credits there. */
async function owner(): Promise<PortalVisitor> {
  const person = await somebody();
  await person.post('/team', { intent: 'make', name: 'Acme' });
  await grant(person, 100);
  return person;
}

async function joined(ada: PortalVisitor, role: Role): Promise<PortalVisitor> {
  const person = await somebody();
  await stage().app.team.invite(await ada.actor(), { email: person.email, role });
  await person.post(`/invitations/${await teamStage(stage()).invitationFor(person.email)}`, { intent: 'accept' });
  return person;
}

async function grant(person: PortalVisitor, amount: number): Promise<void> {
  const { teamId } = await person.actor();
  const { walletId } = await stage().core.store.erase.walletOf(teamId);
  await stage().core.store.ledger.credit(
    { key: newId(), wallet: walletId, lot: newId(), type: 'grant', credits: micro(amount * 1_000_000), source: 'test' },
    clock.now(),
  );
}

/** Asks in a new conversation: where that leads to, and the task. */
async function asked(person: PortalVisitor, text: string, more: Record<string, string> = {}): Promise<{ at: string; task: string }> {
  const { status, to } = await person.post('/dashboard', { intent: 'ask', text, key: newId(), ...more });
  expect([text, status]).toEqual([text, 302]);
  return { at: to!, task: to!.split('#task-')[1]! };
}

/** As a field of the form. */
async function uploaded(person: PortalVisitor, name: string): Promise<string> {
  const answer = await person.fetch(`/api/files?name=${name}`, {
    method: 'POST',
    body: 'Boatyards in Florida',
    headers: { 'Content-Type': 'text/plain', Origin: stage().core.settings.publicUrl },
  });
  const { file } = (await answer.json()) as { file: { id: string; name: string } };
  return `${file.id}:${file.name}`;
}

async function statusOf(person: PortalVisitor, task: string): Promise<string> {
  return (await stage().app.tasks.get(await person.actor(), task)).status;
}

async function untilOver(person: PortalVisitor, task: string) {
  const actor = await person.actor();
  return vi.waitFor(async () => {
    const view = await stage().app.tasks.get(actor, task);
    if (!view.over) throw new Error(`still ${view.status}`);
    return view;
  });
}

async function ledgerOf(person: PortalVisitor): Promise<string[]> {
  const { rows } = await stage().core.store.money.query<{ type: string; moved: string }>(
    {
      text: `SELECT t.type, abs(CASE WHEN t.type IN ('hold', 'release') THEN t.held_change ELSE t.credits END)::text AS moved
             FROM transactions t JOIN wallets w ON w.id = t.wallet_id WHERE w.team_id = $1 AND t.type <> 'open' ORDER BY t.seq`,
    },
    [(await person.actor()).teamId],
  );
  return rows.map(({ type, moved }) => `${type} ${showCredits(micro(moved))}`);
}
