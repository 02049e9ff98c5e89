import { randomBytes } from 'node:crypto';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '#core/testing/runner/database.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { openMoney, type Money } from './money.ts';
import { sharedSecret } from './secrets.ts';

const [oldKey, newKey] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const neverAgain = () => {
  throw new Error('a secret was made a second time');
};

let money: Money;

beforeEach(async () => {
  const database = await createTestDatabase();
  money = openMoney(database.url, quietLog);
  onTestFinished(async () => {
    await money.close();
    await database.drop();
  });
});

test('a secret is made once, and every later start and every other process gets the same', async () => {
  const both = await Promise.all(['one', 'two'].map((made) => sharedSecret(money, [oldKey], 'links', () => made)));
  expect(both[0]).toBe(both[1]);
  expect(await sharedSecret(money, [oldKey], 'links', neverAgain)).toBe(both[0]);
});

test('the database holds nothing that reads as the secret', async () => {
  await sharedSecret(money, [oldKey], 'links', () => 'hunter2');
  const { rows } = await money.query<{ sealed: Buffer }>({ text: 'SELECT sealed FROM secrets' }, []);
  expect(rows[0]!.sealed.toString('latin1')).not.toContain('hunter2');
});

test('after one start with the new key in front, the old key can be dropped', async () => {
  await sharedSecret(money, [oldKey], 'links', () => 'kept');
  await expect(sharedSecret(money, [newKey], 'links', neverAgain)).rejects.toThrow('was sealed with a key that is gone');
  expect(await sharedSecret(money, [newKey, oldKey], 'links', neverAgain)).toBe('kept');
  expect(await sharedSecret(money, [newKey], 'links', neverAgain)).toBe('kept');
  await expect(sharedSecret(money, [oldKey], 'links', neverAgain)).rejects.toThrow('“links” was sealed with a key that is gone');
});

test('a sealed secret opens under its own name only, and not at all once a byte of it was changed', async () => {
  await sharedSecret(money, [oldKey], 'links', () => 'kept');
  await money.query({ text: `INSERT INTO secrets (name, sealed) SELECT 'device', sealed FROM secrets` }, []);
  await expect(sharedSecret(money, [oldKey], 'device', neverAgain)).rejects.toThrow('“device” was sealed');
  await money.query({ text: `UPDATE secrets SET sealed = set_byte(sealed, 14, get_byte(sealed, 14) # 1) WHERE name = 'links'` }, []);
  await expect(sharedSecret(money, [oldKey], 'links', neverAgain)).rejects.toThrow('“links” was sealed');
});
