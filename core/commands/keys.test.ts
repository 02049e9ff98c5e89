// The command as an operator runs it, a process of its own, beside products that run or were stopped.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { copyOfMailboxKey } from '#core/flows/mail/mailbox-key.ts';
import { writeMail } from '#core/flows/mail/mail.ts';
import type { Product } from '#core/product/product.ts';
import { agentsThat, done, fileOf } from '#core/testing/stages/agents-that.ts';
import { heardLog } from '#core/testing/runner/heard-log.ts';
import { mailboxOf } from '#core/testing/visitors/mailbox.ts';
import { stage, type Stage } from '#core/testing/stages/stage.ts';
import { mailOf, PASSWORD, proxied, tokenIn, twoFactorOf, visitor, type Visitor } from '#core/testing/visitors/visitor.ts';

const newKey = () => randomBytes(32).toString('base64');
const agents = agentsThat(() => done('Written.', [fileOf('list.md', '# List')]));

test('with a lost ENCRYPTION_KEY, everybody gets in again, credits are as they were, and no mailbox is given credits twice', async () => {
  const [first, second] = [newKey(), newKey()];
  const world = await stage({ agents, settings: { ...proxied, STARTING_CREDITS: '50', ENCRYPTION_KEY: first } });
  const email = someone();
  const ada = visitor(world, newAddress());
  await ada.signUp(email);
  await twoFactorOf(ada);
  // Somebody whose account was erased: only a digest of their mailbox is left.
  const gone = `${randomBytes(5).toString('hex')}+one@example.com`;
  await visitor(world, newAddress()).signUp(gone);
  await query(world, 'UPDATE users SET email = $2 WHERE email = $1', [gone, `erased-${gone}`]);
  const grace = await world.person(500);
  const { files } = await grace.get('write a list');
  const link = tokenOf(files[0]!.url!);
  await vi.waitFor(async () => expect(await copyOfMailboxKey(world.core.files)).not.toBeNull());
  await world.product.stop();

  const settings = { ENCRYPTION_KEY: second };
  await expect(world.another(settings)).rejects.toThrow('npm run keys -- lost');
  const before = await query(world, 'SELECT name, sealed FROM secrets ORDER BY name');
  const told = await keys(world, settings, 'lost');
  expect(told.code).toBe(0);
  expect(told.said).toContain('Two-factor authentication is turned off for 1 person.');
  expect(told.said).toContain('Starting credits are not given again');
  expect(told.said).toContain('Nothing was changed.');
  expect(await query(world, 'SELECT name, sealed FROM secrets ORDER BY name')).toEqual(before);

  expect(await keys(world, settings, 'lost', '--yes')).toMatchObject({ code: 0, complained: '' });
  const product = await world.another(settings);
  const later = { ...worldOf(product), databaseUrl: world.databaseUrl };
  const again = visitor(later, newAddress());
  for (const [name, value] of ada.cookies) again.cookies.set(name, value);
  expect(await again.isLoggedIn()).toBe(false);
  again.cookies.clear();
  expect(await again.logIn(email)).toMatchObject({ status: 200 });
  expect(await again.isLoggedIn()).toBe(true);
  expect((await later.mails(email, 0)).map(({ subject }) => subject)).toContain('Set up two-factor authentication again');
  const { authenticator } = await twoFactorOf(again);
  const third = visitor(later, newAddress());
  expect((await third.logIn(email)).body).toMatchObject({ twoFactorRedirect: true });
  expect(await third.auth('/two-factor/verify-totp', { code: authenticator() })).toMatchObject({ status: 200 });

  await visitor(later, newAddress()).signUp(gone.replace('+one', '+two'));
  const granted = await query(world, `SELECT count(*)::int AS n FROM transactions WHERE type = 'grant' AND key LIKE 'welcome:%'`);
  expect(granted).toEqual([{ n: 2 }]);
  await expect(product.app.files.openLink(link, null)).rejects.toMatchObject({ code: 'link.unknown' });
  const [task] = await product.app.tasks.history(grace, { limit: 1 });
  expect(await product.app.files.openLink(tokenOf(task!.files[0]!.url!), null)).toMatchObject({ url: expect.stringContaining('http') });
  expect(await keys(world, settings)).toMatchObject({
    code: 0,
    said: expect.stringContaining('Every key can be read with ENCRYPTION_KEY.'),
  });
}, 60_000);

test('while the product runs with the key that the command lacks, nothing is replaced', async () => {
  const world = await stage({ settings: { ENCRYPTION_KEY: newKey() } });
  const before = await query(world, 'SELECT name, sealed FROM secrets ORDER BY name');
  const answer = await keys(world, { ENCRYPTION_KEY: newKey() }, 'lost', '--yes');
  expect(answer).toMatchObject({ code: 2, complained: expect.stringContaining('Stop every process first') });
  expect(await query(world, 'SELECT name, sealed FROM secrets ORDER BY name')).toEqual(before);
});

test('where nothing is lost the command says so and changes nothing', async () => {
  const settings = { ENCRYPTION_KEY: newKey() };
  const world = await stage({ settings });
  const before = await query(world, 'SELECT name, sealed FROM secrets ORDER BY name');
  expect(await keys(world, settings, 'lost', '--yes')).toMatchObject({ code: 0, said: expect.stringContaining('Nothing is lost') });
  expect(await query(world, 'SELECT name, sealed FROM secrets ORDER BY name')).toEqual(before);
  expect(await keys(world, settings, 'forget')).toMatchObject({
    code: 2,
    complained: expect.stringContaining('npm run keys -- rotate links'),
  });
});

test('a second factor that cannot be decrypted is explained, and the command turns it off beside a running product', async () => {
  const settings = { ...proxied, ENCRYPTION_KEY: newKey() };
  const world = await stage({ settings });
  const email = someone();
  const ada = visitor(world, newAddress());
  await ada.signUp(email);
  const { authenticator, backupCodes } = await twoFactorOf(ada);
  await query(world, `UPDATE two_factors SET secret = left(secret, -2) || 'ff', backup_codes = replace(backup_codes, '$ba$1$', '$ba$7$')`);

  const again = visitor(world, newAddress());
  await again.logIn(email);
  for (const [path, code] of [
    ['/two-factor/verify-totp', authenticator()],
    ['/two-factor/verify-backup-code', backupCodes[0]],
  ] as const)
    expect(await again.auth(path, { code })).toMatchObject({ status: 409, body: { code: 'TWO_FACTOR_UNREADABLE' } });

  expect(await keys(world, settings)).toMatchObject({ code: 1, said: expect.stringContaining('two-factor authentication of 1 person') });
  expect(await keys(world, settings, 'lost', '--yes')).toMatchObject({ code: 0 });
  expect(await again.logIn(email)).toMatchObject({ status: 200 });
  expect(await again.isLoggedIn()).toBe(true);
  expect(await ada.isLoggedIn()).toBe(true);
  await vi.waitFor(async () =>
    expect((await world.mails(email)).map(({ subject }) => subject)).toContain('Set up two-factor authentication again'),
  );
});

test('after logins are rotated, all running processes keep sessions, second factors and mailed links; --revoke logs everybody out', async () => {
  const settings = { ...proxied, ENCRYPTION_KEY: newKey() };
  const log = heardLog();
  const world = await stage({ settings, log });
  const other = worldOf(await world.another());
  const email = someone();
  const ada = visitor(world, newAddress());
  await ada.signUp(email);
  const { authenticator } = await twoFactorOf(ada);
  const halfway = visitor(world, newAddress());
  await halfway.logIn(email);
  const [eve, eves] = [visitor(world, newAddress()), someone()];
  await eve.auth('/sign-up/email', { email: eves, password: PASSWORD, name: 'Eve' });
  const mail = await mailOf(world, eves, 'verify');

  expect(await keys(world, settings, 'rotate', 'logins')).toMatchObject({ code: 0, complained: '' });
  await vi.waitFor(() => expect(log.heard.filter((words) => words === 'keys were rotated, read again')).toHaveLength(2));
  const cookie = ada.cookies.get('impacter.session_token');
  const there = moved(ada, other);
  expect(await ada.auth('/two-factor/generate-backup-codes', { password: PASSWORD })).toMatchObject({ status: 200 });
  expect(await ada.isLoggedIn()).toBe(true);
  expect(ada.cookies.get('impacter.session_token')).not.toBe(cookie);
  expect(await there.isLoggedIn()).toBe(true);
  expect(await halfway.auth('/two-factor/verify-totp', { code: authenticator() })).toMatchObject({ status: 200 });
  await eve.askAsPage('/confirm-sign-up', { token: tokenIn(mail), password: PASSWORD });
  expect(await eve.isLoggedIn()).toBe(true);
  expect(await query(world, `SELECT secret LIKE '$ba$2$%' AND backup_codes LIKE '$ba$2$%' AS anew FROM two_factors`)).toEqual([
    { anew: true },
  ]);

  const told = await keys(world, settings, 'rotate', 'logins', '--revoke');
  expect(told.said).toContain('Nothing was changed.');
  expect(await ada.isLoggedIn()).toBe(true);
  expect(await keys(world, settings, 'rotate', 'logins', '--revoke', '--yes')).toMatchObject({ code: 0 });
  await vi.waitFor(async () => {
    expect(await Promise.all([ada, there, halfway, eve].map((each) => each.isLoggedIn()))).toEqual([false, false, false, false]);
  });
  await halfway.logIn(email);
  expect(await halfway.auth('/two-factor/verify-totp', { code: await vi.waitFor(authenticator) })).toMatchObject({ status: 200 });
  expect(await query(world, `SELECT name FROM secrets WHERE name LIKE 'logins%'`)).toEqual([{ name: 'logins 3' }]);
}, 60_000);

test('after links are rotated, links sent before still open; --revoke ends them and leaves fresh ones', async () => {
  const settings = { ENCRYPTION_KEY: newKey() };
  const world = await stage({ agents, settings });
  const ada = await world.person();
  const before = tokenOf((await ada.get('write a list')).files[0]!.url!);
  const fresh = async () => tokenOf((await world.app.tasks.history(ada, { limit: 1 }))[0]!.files[0]!.url!);

  await keys(world, settings, 'rotate', 'links');
  await vi.waitFor(() => expect(world.core.settings.linkKeys).toHaveLength(2));
  const after = await fresh();
  for (const token of [before, after]) expect(await world.app.files.openLink(token, null)).toMatchObject({ url: expect.any(String) });
  expect(after.slice(0, 20)).toBe(before.slice(0, 20));
  expect(after.slice(-10)).not.toBe(before.slice(-10));

  await keys(world, settings, 'rotate', 'links', '--revoke', '--yes');
  await vi.waitFor(() => expect(world.core.settings.linkKeys).toHaveLength(1));
  for (const token of [before, after]) await expect(world.app.files.openLink(token, null)).rejects.toMatchObject({ code: 'link.unknown' });
  expect(await world.app.files.openLink(await fresh(), null)).toMatchObject({ url: expect.any(String) });
});

test('after one start with a new ENCRYPTION_KEY in front, the old one can be dropped: keys, rotated keys, waiting mails', async () => {
  const [old, fresh] = [newKey(), newKey()];
  const world = await stage({ settings: { ENCRYPTION_KEY: old, ROLES: 'web' } });
  await keys(world, { ENCRYPTION_KEY: old }, 'rotate', 'links');
  await keys(world, { ENCRYPTION_KEY: old }, 'rotate', 'logins');
  const email = someone();
  const { publicUrl } = world.core.settings;
  await writeMail(world.core, { key: newId(), to: email, saying: { kind: 'known', name: 'Ada', url: `${publicUrl}/login` } });
  await world.product.stop();

  const both = { ENCRYPTION_KEY: `${fresh},${old}` };
  expect((await keys(world, both)).said).toContain('sealed with an older key');
  await (await world.another({ ...both, ROLES: 'web' })).stop();
  expect((await keys(world, both)).said).toContain('the others can be dropped');
  expect((await keys(world, { ENCRYPTION_KEY: fresh })).code).toBe(0);
  const product = await world.another({ ENCRYPTION_KEY: fresh, ROLES: 'web,worker' });
  await vi.waitFor(async () => expect(await mailboxOf(product).to(email)).toHaveLength(1));
});

function worldOf(product: Product): Pick<Stage, 'url' | 'core' | 'mails'> {
  const box = mailboxOf(product);
  return {
    url: product.url!,
    core: product.core,
    mails: (to, least = 1) =>
      vi.waitFor(async () => {
        const mails = await box.to(to);
        if (mails.length < least) throw new Error(`${to} has ${mails.length} mails`);
        return mails;
      }),
  };
}

/** The same browser, served by another process. */
function moved(who: Visitor, there: Pick<Stage, 'url' | 'core' | 'mails'>): Visitor {
  const same = visitor(there, newAddress());
  for (const [name, value] of who.cookies) same.cookies.set(name, value);
  return same;
}

async function query(world: Pick<Stage, 'databaseUrl'>, text: string, values: unknown[] = []): Promise<unknown[]> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

function tokenOf(url: string): string {
  return url.split('/').at(-1)!;
}

function someone(): string {
  return `${randomBytes(6).toString('hex')}@example.com`;
}

function newAddress(): string {
  return `10.${randomBytes(3).join('.')}`;
}

function keys(
  world: Stage,
  settings: Record<string, string>,
  ...words: string[]
): Promise<{ code: number; said: string; complained: string }> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const { ENCRYPTION_KEY = '' } = settings;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [path.join(import.meta.dirname, 'keys.ts'), ...words],
      { env: { PATH, NODE_COMPILE_CACHE, DATABASE_URL: world.databaseUrl, DATA_DIR: world.dataDir, ENCRYPTION_KEY } },
      (_error, said, complained) => resolve({ code: child.exitCode!, said, complained }),
    );
  });
}
