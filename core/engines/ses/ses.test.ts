// What becomes of mails that go through the real SDK to the mail sandbox, whatever goes wrong on the way.

import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MailFaults } from '#core/contracts/mailbox.ts';
import { newId } from '#core/domain/ids.ts';
import type { MailKind } from '#core/domain/mail/mail.ts';
import type { Mailer, MailToSend } from '#core/ports/mail.ts';
import { readMessage } from '#core/sandbox/mail/message.ts';
import { startMailSandbox, type MailSandbox } from '#core/sandbox/mail/server.ts';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { rawMessage } from './message.ts';
import { createSes, type SesSettings } from './ses.ts';

const keys = { accessKeyId: 'AKIATEST', secretAccessKey: 'a secret that must not be told' };
const from = 'hello@example.com';

let folder: { path: string; remove(): Promise<void> };
let sandbox: MailSandbox;
let mailer: Mailer;
const mailers: Mailer[] = [];

beforeAll(async () => {
  folder = await temporaryFolder('ses');
  sandbox = await startMailSandbox({ dir: folder.path, region: 'us-east-1', identities: [from], ...keys });
  mailer = mailerWith({});
});

beforeEach(() => order({}));

afterAll(async () => {
  for (const each of mailers) each.close();
  await sandbox.stop();
  await folder.remove();
});

test('a mail arrives as it was written', async () => {
  const text = ['Grüße, 你好 👩‍👩‍👧', '', '.', 'From here', 'ends with a space ', `long ${'ä'.repeat(2_000)}`, 'a=b', '\ttab'].join('\n');
  const html = `<p>${'wide '.repeat(400)}</p>`;
  const words = { subject: `Ein Gruß 👋 von 李 ${'und weiter '.repeat(12)}`.trim(), text, html };
  const { messageId } = await mailer.send(mail({ words }));
  const got = await show(`/mails/${messageId}`);
  expect(got).toMatchObject({ ...words, from, to: ['ada@example.com'], kind: 'reset' });
  expect(Object.fromEntries(got.headers)).toMatchObject({
    From: `Grün & Söhne <${from}>`,
    To: 'ada@example.com',
    Date: 'Wed, 25 Nov 2026 10:15:00 +0000',
    'Message-ID': expect.stringMatching(/^<[\w-]+@example\.com>$/),
    'Auto-Submitted': 'auto-generated',
  });
});

test('whatever is written, a mail program reads the same', () => {
  const awkward = fc.constantFrom(' ', '\t', 'a', 'é', '=', '.', '_', '?', '👋');
  const line = fc
    .oneof(fc.string({ unit: 'grapheme', maxLength: 300, size: 'max' }), fc.string({ unit: awkward, maxLength: 300, size: 'max' }))
    .map((text) => text.replace(/[\r\n]/g, ' '));
  fc.assert(
    fc.property(line, fc.array(line, { maxLength: 5 }), (subject, lines) => {
      const words = { subject: subject.trim(), text: lines.join('\n'), html: `<p>${lines.join('</p>\n<p>')}</p>` };
      const raw = Buffer.from(rawMessage(mail({ words }), { address: from, name: words.subject }));
      expect(readMessage(raw)).toMatchObject({ ...words, from, to: ['ada@example.com'] });
    }),
  );
});

test('nothing in a message is longer than a line of mail, or anything but ASCII', async () => {
  await mailer.send(mail({ words: { subject: 'ü'.repeat(500), text: 'é '.repeat(3_000), html: `<p>${'x'.repeat(9_000)}</p>` } }));
  const newest = (await readdir(folder.path)).toSorted().at(-1)!;
  const { raw } = JSON.parse(await readFile(path.join(folder.path, newest), 'utf8')) as { raw: string };
  expect(raw).toMatch(/^[\r\n\t -~]+$/);
  expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78);
});

test.each([
  ['a subject', { words: { subject: 'Hi\r\nBcc: eve@example.com\r\n\r\n<b>', text: '', html: '' } }],
  ['a subject in another alphabet', { words: { subject: 'Привет\nBcc: eve@example.com', text: '', html: '' } }],
])('%s cannot add a recipient or a header', async (_, changes) => {
  const { messageId } = await mailer.send(mail(changes));
  const { to, headers } = await show(`/mails/${messageId}`);
  expect(to).toEqual(['ada@example.com']);
  expect(headers.map(([name]) => name)).not.toContain('Bcc');
});

test.each([
  'ada@example.com, eve@example.com',
  'ada@example.com\r\nBcc: eve@example.com',
  'Ada <ada@example.com>',
  '"ada"@example.com',
  'ada@localhost',
  'ada@ex ample.com',
  'ada',
  '',
  `${'a'.repeat(65)}@example.com`,
])('%j is no address, and nothing is sent there', async (to) => {
  await expect(mailer.send(mail({ to }))).rejects.toMatchObject({ name: 'MailError', kind: 'never', code: 'address' });
});

test.each([
  ['is cut off', { next: ['cut'] }, 'unknown', 0],
  ['is taken, and its answer is lost', { next: ['lose-answer'] }, 'unknown', 1],
  ['fails inside', { next: ['internal-error'] }, 'unknown', 0],
  ['is one too many', { next: ['throttle'] }, 'later', 0],
  ['meets a service in trouble', { next: ['unavailable'] }, 'later', 0],
] as const)('a call that %s ends so, and is not repeated', async (_, faults, kind, taken) => {
  const before = await count();
  await order({ ...faults, next: [...faults.next] });
  await expect(mailer.send(mail())).rejects.toMatchObject({ name: 'MailError', kind });
  expect((await count()) - before).toBe(taken);
  await mailer.send(mail());
});

test('a call that is not answered in time may have been heard', async () => {
  await order({ delayMs: 500 });
  await expect(mailer.send(mail(), AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'MailError', kind: 'unknown' });
});

test.each([
  ['no service', { endpoint: 'http://127.0.0.1:9' }, 'ECONNREFUSED'],
  ['no such host', { endpoint: 'http://mail.invalid' }, expect.stringMatching(/ENOTFOUND|EAI_AGAIN/)],
  ['a key that is not known', { credentials: { ...keys, accessKeyId: 'AKIASTRANGER' } }, 'InvalidClientTokenId'],
  ['a wrong secret', { credentials: { ...keys, secretAccessKey: 'guess' } }, 'SignatureDoesNotMatch'],
  ['a sender that is not verified', { from: 'somebody@example.com' }, 'MessageRejected'],
])('with %s a mail waits for the operator to mend it', async (_, changes, code) => {
  await expect(mailerWith(changes).send(mail())).rejects.toMatchObject({ name: 'MailError', kind: 'later', code });
});

test('what SES does not take is refused for good', async () => {
  await expect(mailer.send(mail({ kind: 'no tag' as MailKind }))).rejects.toMatchObject({ kind: 'never', code: 'InvalidParameterValue' });
});

test('no error tells a link or a secret', async () => {
  const link = 'https://work.example.com/reset?token=abc';
  const words = { subject: link, text: link, html: link };
  for (const next of ['cut', 'lose-answer', 'internal-error', 'throttle', 'unavailable'] as const) {
    await order({ next: [next] });
    const error: unknown = await mailer.send(mail({ words })).catch((thrown: unknown) => thrown);
    expect(allOf(error)).not.toMatch(/token|must not be told/);
  }
});

test('whether mails would be taken can be asked', async () => {
  await mailer.send(mail());
  expect(await mailer.check()).toMatchObject({ from, most: 50_000, sent: expect.toSatisfy((sent: number) => sent > 0) });
  await expect(mailerWith({ from: 'somebody@example.com' }).check()).rejects.toThrow('somebody@example.com');
  await expect(mailerWith({ endpoint: 'http://127.0.0.1:9' }).check()).rejects.toMatchObject({ kind: 'later' });
});

function mailerWith(changes: Partial<SesSettings>): Mailer {
  const made = createSes({ from, name: 'Grün & Söhne', region: 'us-east-1', endpoint: sandbox.url, credentials: { ...keys }, ...changes });
  mailers.push(made);
  return made;
}

function mail(changes: Partial<MailToSend> = {}): MailToSend {
  const words = { subject: 'Hello', text: 'Hello', html: '<p>Hello</p>' };
  return { id: newId(), to: 'ada@example.com', kind: 'reset', words, at: new Date('2026-11-25T10:15:00Z'), ...changes };
}

async function count(): Promise<number> {
  return (await readdir(folder.path)).length;
}

async function show(where: string): Promise<{ to: string[]; headers: [string, string][] }> {
  const answer = await fetch(`${sandbox.url}/sandbox${where}`, { headers: { authorization: `Bearer ${keys.secretAccessKey}` } });
  return (await answer.json()) as { to: string[]; headers: [string, string][] };
}

async function order(faults: Partial<MailFaults>): Promise<void> {
  await fetch(`${sandbox.url}/sandbox/faults`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.secretAccessKey}` },
    body: JSON.stringify(faults),
  });
}

/** What any log could make of it. */
function allOf(error: unknown): string {
  const { message, stack, cause, ...rest } = error as Error;
  return JSON.stringify([message, stack, rest, cause === undefined ? null : allOf(cause)]);
}
