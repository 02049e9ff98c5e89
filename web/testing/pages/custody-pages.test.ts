// The pages about what a team keeps and about running the product, as a browser without JavaScript uses them.

import { randomBytes } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { roles, type Role } from '#core/domain/team/permission.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';
import { unzip } from '#core/testing/visitors/unzip.ts';
import { portalVisitor, wordsOf, type PortalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { proxied, twoFactorOf } from '#core/testing/visitors/visitor.ts';

const OPS = 'Ops@example.com';
const agents = agentsThat(() => done('Here.', [csvOf('leads.csv', 3)]));
const clock = clockByHand();
const stage = forAll(() => openStage({ portal: true, agents, clock, settings: { ...proxied, OPERATOR_EMAILS: OPS } }));
const world = () => ({ ...stage(), ...teamStage(stage()) });

test('an undelivered answer is shown with its reason and its number, and is sent again, given elsewhere or taken off the list', async () => {
  const ada = await owner('Acme');
  const [first, second, third] = [await undeliverable(ada), await undeliverable(ada), await undeliverable(ada, true)];
  const page = await ada.page('/team/undelivered');
  expect(page).toContain('The place it was asked in is no longer there.');
  expect(page).toContain('find me 3 leads');
  expect(wordsOf(await ada.page('/team'))).toContain('Undelivered 3 not delivered');
  expect(await ada.post('/team/undelivered', { intent: `again ${first}`, id: first })).toMatchObject({
    to: '/team/undelivered?done=again',
  });
  expect(await ada.page('/team/undelivered?done=again')).toContain('Sending again.');
  expect(await ada.post('/team/undelivered', { intent: `elsewhere ${second}`, id: second, to: 'web' })).toMatchObject({ status: 302 });
  expect(page).toContain('it may appear twice');
  expect(await ada.post('/team/undelivered', { intent: `seen ${third}`, id: third })).toMatchObject({ status: 302 });
  expect(await ada.page('/team/undelivered')).toContain('Everything was delivered');
  const again = await ada.post('/team/undelivered', { intent: `again ${first}`, id: first });
  expect(again.status).toBe(409);
  expect(again.text).toContain('already being sent again, or was sent elsewhere');
});

test('a shorter time is asked about before it takes anything away, and the price from which one is asked is set and unset', async () => {
  const ada = await owner('Acme');
  await got(ada, 'find me 3 leads');
  await stage().core.store.money.query({ text: `UPDATE files SET created_at = created_at - interval '100 days' WHERE team_id = $1` }, [
    (await ada.actor()).teamId,
  ]);
  const asked = await ada.post('/team/data', { intent: 'retention', retentionDays: '60' });
  expect(asked.status).toBe(200);
  expect(asked.text).toContain('1 file (');
  expect(asked.text).toContain('name="confirmed" value="yes"');
  expect(await ada.page('/team/data')).toContain('value="365"');
  expect(await ada.post('/team/data', { intent: 'retention', retentionDays: '60', confirmed: 'yes' })).toMatchObject({
    to: '/team/data?done=retention',
  });
  expect(await ada.page('/team/data')).toContain('value="60"');
  for (const days of ['29', 'soon', '']) {
    const refused = await ada.post('/team/data', { intent: 'retention', retentionDays: days });
    expect([refused.status, refused.text.includes('must be a whole number of days')]).toEqual([400, true]);
  }
  expect(await ada.post('/team/data', { intent: 'confirm', confirmAbove: '12.5' })).toMatchObject({ status: 302 });
  expect(await ada.page('/team/data')).toContain('value="12.5"');
  expect((await ada.post('/team/data', { intent: 'confirm', confirmAbove: 'many' })).text).toContain(
    'must be a number of credits, or empty',
  );
  expect(await ada.post('/team/data', { intent: 'confirm', confirmAbove: '' })).toMatchObject({ status: 302 });
});

test('an owner packs the team, downloads it, and goes on with a download that was cut', async () => {
  const ada = await owner('Acme');
  await got(ada, 'find me 3 leads');
  expect(await ada.post('/team/data', { intent: 'export' })).toMatchObject({ to: '/team/data?done=export' });
  const link = await packed(ada);
  const answer = await ada.fetch(link);
  expect(Object.fromEntries(['content-type', 'accept-ranges', 'cache-control'].map((name) => [name, answer.headers.get(name)]))).toEqual({
    'content-type': 'application/zip',
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-store, no-transform',
  });
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="?export-\d{4}-\d\d-\d\d\.zip/);
  const whole = Buffer.from(await answer.arrayBuffer());
  expect(answer.headers.get('content-length')).toBe(String(whole.length));
  expect(unzip(whole).get('tasks.jsonl')!.toString()).toContain('find me 3 leads');
  const rest = await ada.fetch(link, { headers: { Range: 'bytes=100-' } });
  expect([rest.status, rest.headers.get('content-range')]).toEqual([206, `bytes 100-${whole.length - 1}/${whole.length}`]);
  expect(Buffer.from(await rest.arrayBuffer())).toEqual(whole.subarray(100));
  for (const range of [`bytes=${whole.length}-`, 'bytes=-5', 'bytes=1-5', 'cats=1-'])
    expect((await ada.fetch(link, { headers: { Range: range } })).status).toBe(200);

  const eve = await owner('Other');
  expect((await eve.fetch(link)).status).toBe(404);
  const stranger = newcomer();
  expect((await stranger.fetch(link)).status).toBe(302);
});

test('an export that holds a deleted file is gone from the page, which says why and offers a new one', async () => {
  const ada = await owner('Acme');
  const id = await got(ada, 'find me 3 leads');
  const { files } = await stage().app.tasks.get(await ada.actor(), id);
  await ada.post('/team/data', { intent: 'export' });
  const link = await packed(ada);
  await ada.post(`/tasks/${id}`, { intent: `delete-file ${files[0]!.id}`, id: files[0]!.id });
  expect((await ada.fetch(link)).status).toBe(404);
  const page = await ada.page('/team/data');
  expect(page).toContain('A file in this export was deleted');
  expect(page).not.toContain(link);
  expect(await ada.post('/team/data', { intent: 'export' })).toMatchObject({ to: '/team/data?done=export' });
});

test('an owner who types the name has the team deleted in two weeks, everybody is told, and an owner takes it back', async () => {
  const ada = await owner('Acme & Sons');
  const wrong = await ada.post('/team/data', { intent: 'delete', name: 'acme' });
  expect([wrong.status, wrong.text.includes('is not the name of this team')]).toEqual([400, true]);
  expect(await ada.post('/team/data', { intent: 'delete', name: 'Acme & Sons' })).toMatchObject({ to: '/team/data?done=delete' });
  expect(await ada.page('/team/data')).toContain('This team will be deleted on');
  await vi.waitFor(async () => expect((await stage().mails(ada.email)).map(({ kind }) => kind)).toContain('deletion'));
  expect(await ada.post('/team/data', { intent: 'back' })).toMatchObject({ to: '/team/data?done=back' });
  expect(await ada.page('/team/data')).not.toContain('This team will be deleted on');
});

test('a person deletes their account from the settings and takes it back; who owns a team alone is told which', async () => {
  const ada = await owner('Acme');
  expect(await ada.page('/settings')).toContain('href="/settings/account"');
  expect(await ada.page('/settings/account')).toContain('First make someone else an owner of these teams');
  expect((await ada.post('/settings/account', { intent: 'delete', email: ada.email })).status).toBe(409);
  const ben = await somebody();
  expect((await ben.post('/settings/account', { intent: 'delete', email: 'x@example.com' })).text).toContain(
    'is not the email address of this account',
  );
  expect(await ben.post('/settings/account', { intent: 'delete', email: ben.email })).toMatchObject({
    to: '/settings/account?done=delete',
  });
  expect(await ben.page('/settings/account')).toContain('Your account will be deleted on');
  expect(await ben.page('/team/data')).toContain('This team will be deleted on');
  expect(await ben.post('/settings/account', { intent: 'back' })).toMatchObject({ to: '/settings/account?done=back' });
});

test('who has no account opens the link of the bot, sees what goes, and has it erased with one press; looking alone does nothing', async () => {
  const { core, app } = stage();
  const externalId = randomBytes(6).toString('hex');
  await core.store.money.query(
    { text: `INSERT INTO identities (id, platform, space, external_id, display_name) VALUES ($1, 'slack', 'T1', $2, 'Zebedee <b>')` },
    [newId(), externalId],
  );
  const { url } = (await app.privacy.makeErasureLink({ platform: 'slack', workspace: 'T1', externalId }))!;
  const path = new URL(url).pathname;
  const stranger = newcomer();
  expect(await stranger.page(path)).toContain('Zebedee &lt;b&gt;');
  expect(await stranger.page(path)).toContain('noindex');
  expect((await stranger.post(path, { intent: 'erase' }, { Origin: 'https://evil.example' })).status).toBe(403);
  expect(await stranger.post(path, { intent: 'erase' })).toMatchObject({ status: 302, to: '/privacy/erase/done' });
  expect(await stranger.page('/privacy/erase/done')).toContain('Your data has been erased.');
  expect((await stranger.fetch(path)).status).toBe(410);
  expect((await stranger.post(path, { intent: 'erase' })).status).toBe(410);
  expect((await stranger.fetch('/privacy/erase/constructor')).status).toBe(410);
});

describe('who may see which page', () => {
  const pages = {
    '/team/undelivered': ['owner', 'admin', 'approver', 'member'],
    '/team/data': ['owner', 'admin'],
    '/settings/account': [...roles],
  } as const satisfies Record<string, readonly Role[]>;

  test.each(roles)('a person who is %s', async (role) => {
    const ada = await owner('Acme');
    const someone = role === 'owner' ? ada : await joined(ada, role);
    for (const [path, allowed] of Object.entries(pages)) {
      const { status } = await someone.fetch(path);
      expect([path, status]).toEqual([path, (allowed as readonly Role[]).includes(role) ? 200 : 403]);
    }
    const exports = await someone.post('/team/data', { intent: 'export' });
    expect(exports.status).toBe(role === 'owner' ? 302 : 403);
    if (role === 'admin') expect(await someone.page('/team/data')).not.toMatch(/Pack everything|Delete this team/);
  });
});

const operatorPages = ['', '/teams', '/tasks', '/tasks?sight=stuck', '/tasks?sight=failed', '/undelivered', '/mails', '/ledger'].map(
  (path) => `/operator${path}`,
);

test('the operator’s pages do not exist for an owner, nor does any of their forms, and strangers are sent to log in', async () => {
  const ada = await owner('Acme');
  const { teamId } = await ada.actor();
  expect(await ada.page('/team')).not.toContain('/operator');
  for (const path of [...operatorPages, `/operator/teams/${teamId}`]) {
    expect([path, (await ada.fetch(path)).status]).toEqual([path, 404]);
    // A page without a form answers to no POST at all.
    const posted = await ada.post(path, { intent: 'grant', credits: '5', reason: 'because', key: newId() });
    expect([path, posted.status]).toEqual([path, path === '/operator' || path === '/operator/teams' ? 405 : 404]);
    expect((await newcomer().fetch(path)).status).toBe(302);
  }
});

test('an operator sees all pages, finds a team, grants once, puts it on hold and off, reads a request with a trace, and checks the ledger', async () => {
  const ops = await operator();
  const ada = await owner('Zebra Crossing');
  await got(ada, 'find me 3 leads for a secret');
  const { teamId } = await ada.actor();
  expect(await ops.page('/team')).toContain('href="/operator"');
  for (const path of operatorPages) expect(await ops.page(path)).not.toContain('for a secret');
  expect(await ops.page('/operator/teams?search=zebra')).toContain(`/operator/teams/${teamId}`);
  const page = await ops.page(`/operator/teams/${teamId}`);
  expect(page).toContain(ada.email);
  expect(page).not.toContain('for a secret');

  const key = /name="key" value="([^"]+)"/.exec(page)![1]!;
  const grant = { intent: 'grant', credits: '12.5', reason: 'For the trouble', key };
  expect(await ops.post(`/operator/teams/${teamId}`, grant)).toMatchObject({ to: `/operator/teams/${teamId}?done=granted` });
  expect(await ops.post(`/operator/teams/${teamId}`, grant)).toMatchObject({ to: `/operator/teams/${teamId}?done=granted-before` });
  const refused = await ops.post(`/operator/teams/${teamId}`, { ...grant, credits: 'a lot', key: newId() });
  expect([refused.status, refused.text.includes('must be an amount above 0')]).toEqual([400, true]);
  expect(await ada.page('/team/audit')).toContain('For the trouble');

  expect(await ops.post(`/operator/teams/${teamId}`, { intent: 'freeze', reason: 'Stolen card' })).toMatchObject({ status: 302 });
  expect(await ops.page(`/operator/teams/${teamId}`)).toContain('Take off hold');
  expect(await ops.post(`/operator/teams/${teamId}`, { intent: 'unfreeze', reason: 'Cleared' })).toMatchObject({ status: 302 });

  const { rows } = await stage().core.store.money.query<{ id: string }>({ text: 'SELECT id FROM tasks WHERE team_id = $1' }, [teamId]);
  const opened = await ops.post('/operator/tasks?sight=failed', { intent: `open ${rows[0]!.id}`, id: rows[0]!.id });
  expect(opened.text).toContain('find me 3 leads for a secret');
  expect(await ada.page('/team/audit')).toContain('read the request of a task');
  expect((await ops.post('/operator/tasks', { intent: `requeue ${rows[0]!.id}`, id: rows[0]!.id })).status).toBe(409);

  expect(await ops.post('/operator/ledger', { intent: 'check' })).toMatchObject({ to: '/operator/ledger?done=checked' });
  expect(await ops.page('/operator/ledger')).toContain('Adds up');
  expect(await ops.post(`/operator/teams/${teamId}`, { intent: 'check' })).toMatchObject({ to: '/operator/ledger?done=checked' });
});

// --- The world.

const newcomer = (email?: string) => portalVisitor(stage(), email);

async function somebody(email?: string): Promise<PortalVisitor> {
  const person = newcomer(email);
  await person.signUp(person.email);
  return person;
}

let ops: Promise<PortalVisitor> | undefined;
/** There is one address that operates. */
async function operator(): Promise<PortalVisitor> {
  return (ops ??= somebody(OPS.toLowerCase()).then(async (person) => {
    await twoFactorOf(person);
    return person;
  }));
}

/** With a team besides their own, looking at it, and credits to spend there. */
async function owner(name: string): Promise<PortalVisitor> {
  const person = await somebody();
  await person.post('/team', { intent: 'make', name });
  const { teamId } = await person.actor();
  const { walletId } = await stage().core.store.erase.walletOf(teamId);
  await stage().core.store.ledger.credit(
    { key: `test:${walletId}`, wallet: walletId, lot: newId(), type: 'grant', credits: 100_000_000n as never, source: 'test' },
    new Date(),
  );
  return person;
}

async function joined(ada: PortalVisitor, role: Role): Promise<PortalVisitor> {
  const { app, invitationFor } = world();
  const person = await somebody();
  await app.team.invite(await ada.actor(), { email: person.email, role });
  await person.post(`/invitations/${await invitationFor(person.email)}`, { intent: 'accept' });
  return person;
}

async function got(person: PortalVisitor, text: string): Promise<string> {
  const { app } = stage();
  const actor = await person.actor();
  const taken = await app.tasks.ask({
    key: `web:${newId()}`,
    threadRef: `web:${newId()}`,
    from: { kind: 'user', userId: actor.userId, teamId: actor.teamId },
    text,
    at: new Date(),
  });
  const taskId = taken.kind === 'task' ? taken.taskId : '';
  await vi.waitFor(async () => expect((await app.tasks.get(actor, taskId)).over).toBe(true));
  return taskId;
}

/** Where the export is downloaded. A worker looks for what was asked for every few seconds. */
function packed(ada: PortalVisitor): Promise<string> {
  return vi.waitFor(async () => {
    clock.forward(1_000);
    const found = /href="(\/team\/data\/export\/[0-9a-f-]+)"/.exec(await ada.page('/team/data'));
    if (found === null) throw new Error('not ready yet');
    return found[1]!;
  });
}

/** An answer that a chat would not take. */
async function undeliverable(person: PortalVisitor, mayBePosted = false): Promise<string> {
  const task = await got(person, 'find me 3 leads');
  const { teamId } = await person.actor();
  const { rows } = await stage().core.store.money.query<{ id: string }>(
    {
      text: `WITH dead AS (UPDATE letters SET state = 'dead', platform = 'slack', attempted_at = now() WHERE task_id = $1 AND seq = 2 RETURNING id)
             INSERT INTO dead_letters SELECT id, $2, CASE WHEN $3 THEN 'unsure' ELSE 'gone' END, $3, now() FROM dead RETURNING letter_id AS id`,
    },
    [task, teamId, mayBePosted],
  );
  return rows[0]!.id;
}
