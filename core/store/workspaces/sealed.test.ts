// What is sealed in these tables: tokens of installations, handles for late replies, and references of attachments.

import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { newId, type FileId } from '#core/domain/ids.ts';
import type { NewInstallation } from '#core/domain/workspaces/installation.ts';
import { openBank } from '#core/testing/ledger/bank.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { searchEverywhere } from '#core/testing/search-everywhere.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { forgetLostTokens, inputsToReseal, resealAll, sealedRows } from '../database/reseal.ts';
import { waitingInputsOver } from '../files/waiting-inputs.ts';
import { installationsOver } from './installations.ts';
import { replyHandlesOver } from './reply-handles.ts';

const [oldKey, newKey] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const bank = forAll(async () => {
  const opened = await openBank();
  return { ...opened, stop: () => opened.close() };
});
const NOW = new Date('2026-11-30T12:00:00Z');
const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000);

const acme = (): NewInstallation => ({
  platform: 'slack',
  externalId: `T${newId()}`,
  enterpriseId: null,
  name: 'Acme',
  botUserId: 'UBOT',
  scopes: ['chat:write', 'commands'],
  tokens: { bot: `xoxe.xoxb-${newId()}`, refresh: `xoxe-${newId()}`, expiresAt: minutes(720) },
  installedBy: 'UADA',
});

test('tokens and handles are sealed: the database holds nothing that reads as them', async () => {
  const { money } = bank();
  const given = acme();
  await installationsOver(money, [oldKey]).install(given, NOW);
  await replyHandlesOver(money, [oldKey]).put('sealed', 'https://hooks.slack.com/secret', { uses: 5, expiresAt: minutes(30) }, NOW);
  expect(await searchEverywhere(money, [given.tokens.bot, given.tokens.refresh!, 'hooks.slack.com'])).toEqual([]);
  expect((await installationsOver(money, [oldKey]).find('slack', given.externalId))!.tokens).toEqual(given.tokens);
});

test('after a start with a new ENCRYPTION_KEY in front, tokens and handles are sealed with it and the old key can be dropped', async () => {
  const { money } = bank();
  const given = acme();
  await installationsOver(money, [oldKey]).install(given, NOW);
  const other = acme();
  await installationsOver(money, [newKey]).install(other, NOW);
  await replyHandlesOver(money, [oldKey]).put('rotated', 'a handle', { uses: 2, expiresAt: minutes(30) }, NOW);
  expect(await installationsOver(money, [newKey]).find('slack', given.externalId)).toBeNull();

  await resealAll(money, [newKey, oldKey], quietLog);
  for (const each of [given, other])
    expect(await installationsOver(money, [newKey]).find('slack', each.externalId)).toMatchObject({ tokens: each.tokens, version: 1 });
  expect(await replyHandlesOver(money, [newKey]).take('rotated', NOW)).toBe('a handle');
  expect(await sealedRows(money, [newKey], 'installations')).toEqual({ older: [], lost: [] });
});

test('an attachment that waits to be fetched is found after the key was rotated and the old one dropped', async () => {
  const { money, wallet, task } = bank();
  const [id, taskId] = [newId<FileId>(), await task(await wallet(), 'pending')];
  await money.query(
    {
      text: `INSERT INTO waiting_inputs (id, task_id, team_id, platform, name, mime, size_bytes, ref, next_at, give_up_at, created_at)
             SELECT $1, t.id, t.team_id, 'chat', 'a.csv', 'text/csv', 3, $3, $4, $4, $4 FROM tasks t WHERE t.id = $2`,
    },
    [id, taskId, waitingInputsOver(money, [oldKey]).sealed(id, 'F123'), NOW],
  );
  expect(await inputsToReseal(money, [newKey, oldKey])).toHaveLength(1);
  await resealAll(money, [newKey, oldKey], quietLog);
  expect(await inputsToReseal(money, [newKey, oldKey])).toEqual([]);
  expect(await waitingInputsOver(money, [newKey]).claim(['chat'], NOW, 1_000, 10)).toMatchObject([{ id, ref: 'F123' }]);
});

test('tokens whose key is gone are as good as none, until the app is installed again', async () => {
  const { money } = bank();
  const given = acme();
  await installationsOver(money, [randomBytes(32).toString('base64')]).install(given, NOW);
  const installations = installationsOver(money, [newKey]);
  expect(await installations.find('slack', given.externalId)).toBeNull();
  const { lost } = await sealedRows(money, [newKey, oldKey], 'installations');
  expect(lost).toEqual([`slack:${given.externalId}`]);
  await forgetLostTokens(money, lost);
  expect((await sealedRows(money, [newKey, oldKey], 'installations')).lost).toEqual([]);
  await installations.install(given, NOW);
  expect(await installations.find('slack', given.externalId)).toMatchObject({ tokens: given.tokens });
});

test('tokens that are put into another row do not open there', async () => {
  const { money } = bank();
  const [ours, theirs] = [acme(), acme()];
  const installations = installationsOver(money, [newKey]);
  for (const given of [ours, theirs]) await installations.install(given, NOW);
  await money.query(
    {
      text: `UPDATE installations SET tokens = (SELECT tokens FROM installations WHERE external_id = $1) WHERE external_id = $2`,
    },
    [theirs.externalId, ours.externalId],
  );
  expect(await installations.find('slack', ours.externalId)).toBeNull();
});

test('a handle works as often as its platform takes it, until it expires, and is forgotten then', async () => {
  const handles = replyHandlesOver(bank().money, [newKey]);
  const key = newId();
  await handles.put(key, 'twice', { uses: 2, expiresAt: minutes(30) }, NOW);
  expect([await handles.take(key, NOW), await handles.take(key, minutes(29)), await handles.take(key, NOW)]).toEqual([
    'twice',
    'twice',
    null,
  ]);
  await handles.put(key, 'a newer one', { uses: 1, expiresAt: minutes(30) }, NOW);
  expect(await handles.take(key, minutes(30))).toBeNull();
  await handles.put(key, 'for days', { uses: 1, expiresAt: minutes(3_000) }, NOW);
  expect(await handles.take(key, minutes(60))).toBeNull();
  expect(await handles.take('never was', NOW)).toBeNull();
  while ((await handles.forgetExpired(minutes(60), 10)) > 0);
  const { rows } = await bank().money.query({ text: 'SELECT FROM reply_handles' }, []);
  expect(rows).toEqual([]);
});

test('a process without ENCRYPTION_KEY keeps no tokens and no handles, and says so', async () => {
  const { money } = bank();
  await expect(installationsOver(money, []).install(acme(), NOW)).rejects.toThrow('without ENCRYPTION_KEY');
  await expect(replyHandlesOver(money, []).put('none', 'x', { uses: 1, expiresAt: minutes(1) }, NOW)).rejects.toThrow(
    'without ENCRYPTION_KEY',
  );
});
