// What somebody reads whose key is gone: at a start, from `npm run keys`, and while they decide what to do.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { linkIn, mailboxOf } from '#core/testing/visitors/mailbox.ts';
import { stage, type Stage } from '#core/testing/stages/stage.ts';
import { proxied, twoFactorOf, visitor } from '#core/testing/visitors/visitor.ts';

const newKey = () => randomBytes(32).toString('base64');

test('a laptop whose sandbox-keys.json is gone says so, makes no new one, and starts again with the file or without it', async () => {
  const world = await stage({ settings: proxied });
  const file = path.join(world.dataDir, 'sandbox-keys.json');
  await withTwoFactor(world, 1);
  await world.product.stop();
  await rename(file, `${file}.away`);

  const words = `The key that secrets in the database were encrypted with is gone: ${file} is missing or is a different one.
Put sandbox-keys.json back from a backup, or set ENCRYPTION_KEY if it was set before.
If there is no copy of it, run: npm run keys -- lost
`;
  for (let n = 0; n < 2; n++) expect(await run(world, 'main.ts')).toEqual({ code: 1, said: '', complained: words });
  const status = await run(world, 'commands/keys.ts');
  expect(status).toMatchObject({ code: 1, complained: '' });
  expect(status.said).toContain(words);
  for (const name of ['links', 'logins'])
    expect(await run(world, 'commands/keys.ts', 'rotate', name, '--revoke', '--yes')).toEqual({ code: 2, said: '', complained: words });
  const told = await run(world, 'commands/keys.ts', 'lost');
  expect(told.said).toContain('Nothing was changed. If you have a backup of sandbox-keys.json, put it back instead.');
  expect(existsSync(file)).toBe(false);

  await rename(`${file}.away`, file);
  await (await world.another()).stop();
  expect(await run(world, 'commands/keys.ts')).toMatchObject({ code: 0, said: expect.stringContaining('can be read') });

  await rm(file);
  expect(await run(world, 'commands/keys.ts', 'lost', '--yes')).toMatchObject({ code: 0, complained: '' });
  expect(existsSync(file)).toBe(true);
  const product = await world.another();
  const mail = await vi.waitFor(async () => {
    const found = (await mailboxOf(product).to('1@example.com')).find(({ subject }) => subject.startsWith('Set up two-factor'));
    if (found === undefined) throw new Error('the mail is not there yet');
    return found;
  });
  expect(linkIn(mail)).toMatch(/:\d+\/settings$/);
});

test('beside a running laptop whose sandbox-keys.json was deleted, the command makes no other one', async () => {
  const world = await stage();
  const file = path.join(world.dataDir, 'sandbox-keys.json');
  await rm(file);
  expect(await run(world, 'commands/keys.ts', 'lost', '--yes')).toMatchObject({
    code: 2,
    complained: expect.stringContaining('Stop every process first'),
  });
  expect(existsSync(file)).toBe(false);
});

test('with another ENCRYPTION_KEY, all commands say the same in words, and count everybody whose second factor will be turned off', async () => {
  const world = await stage({ settings: { ...proxied, ENCRYPTION_KEY: newKey() } });
  await withTwoFactor(world, 3);
  await world.product.stop();
  const other = { ENCRYPTION_KEY: newKey() };
  const words = `The key that secrets in the database were encrypted with is gone: ENCRYPTION_KEY does not hold it.
Put the old key back, behind the new one and a comma: ENCRYPTION_KEY=new,old
If there is no copy of it, run: npm run keys -- lost
`;
  expect(await runWith(other, world, 'main.ts')).toEqual({ code: 1, said: '', complained: words });
  for (const name of ['links', 'logins'])
    expect(await runWith(other, world, 'commands/keys.ts', 'rotate', name)).toEqual({ code: 2, said: '', complained: words });
  const status = await runWith(other, world, 'commands/keys.ts');
  expect(status).toMatchObject({ code: 1, complained: '' });
  expect(status.said).toContain('Cannot be read: 4 keys, two-factor authentication of 3 people, ');
  expect(status.said).toContain(words);
  const told = await runWith(other, world, 'commands/keys.ts', 'lost');
  expect(told.said).toContain('Two-factor authentication is turned off for 3 people.');
});

async function withTwoFactor(world: Stage, people: number): Promise<void> {
  for (let n = 1; n <= people; n++) {
    const person = visitor(world, `203.0.113.${n}`);
    await person.signUp(`${n}@example.com`);
    await twoFactorOf(person);
  }
}

const run = (world: Stage, file: string, ...words: string[]) => runWith({}, world, file, ...words);

function runWith(
  settings: Record<string, string>,
  world: Stage,
  file: string,
  ...words: string[]
): Promise<{ code: number; said: string; complained: string }> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, DATABASE_URL: world.databaseUrl, DATA_DIR: world.dataDir, PORT: '0', ...settings };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [path.join(import.meta.dirname, '..', file), ...words], { env }, (_error, said, complained) =>
      resolve({ code: child.exitCode!, said, complained }),
    );
  });
}
