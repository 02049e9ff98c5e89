// What the real SDK, and somebody with bad intentions, get from the mail sandbox.

import {
  GetIdentityVerificationAttributesCommand,
  GetSendQuotaCommand,
  SendEmailCommand,
  SendRawEmailCommand,
  SESClient,
  type SendRawEmailCommandInput,
  type SESClientConfig,
} from '@aws-sdk/client-ses';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { startMailSandbox, type MailSandbox } from './server.ts';

const keys = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
const identities = ['hello@example.com', 'team.example'];

let folder: { path: string; remove(): Promise<void> };
let sandbox: MailSandbox;
let ses: SESClient;
const clients: SESClient[] = [];

beforeAll(async () => {
  folder = await temporaryFolder('mail');
  sandbox = await startMailSandbox({ dir: folder.path, region: 'eu-central-1', identities, ...keys });
  ses = clientWith({});
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await sandbox.stop();
  await folder.remove();
});

test('a mail from a verified address, or from a verified domain, is taken', async () => {
  await expect(send({})).resolves.toMatchObject({ MessageId: expect.stringMatching(/^0100[\da-f]{12}-[\w-]+-000000$/) });
  await expect(send({ from: 'anybody@team.example' })).resolves.toBeDefined();
});

test('a mail from anybody else is refused, also when only its header is', async () => {
  await expect(send({ from: 'eve@example.com' })).rejects.toMatchObject({
    name: 'MessageRejected',
    message: 'Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: eve@example.com',
    $metadata: { httpStatusCode: 400 },
  });
  await expect(send({ from: 'eve@example.com' }, { Source: 'hello@example.com' })).rejects.toMatchObject({ name: 'MessageRejected' });
  await expect(send({}, { Source: 'eve@team.example.com' })).rejects.toMatchObject({ name: 'MessageRejected' });
});

test.each([
  ['no domain', 'ada', "Missing final '@domain'"],
  ['a space', 'ada lovelace@example.com', 'Local address contains control or whitespace'],
  ['another alphabet', 'адa@example.com', 'Local address contains control or whitespace'],
  ['an empty domain', 'ada@', 'Domain contains illegal character'],
  ['an odd domain', 'ada@exa_mple', 'Domain contains illegal character'],
])('an address with %s is refused', async (_, to, message) => {
  await expect(send({}, { Destinations: [to] })).rejects.toMatchObject({ name: 'InvalidParameterValue', message });
});

test('fifty recipients are taken, and one more is too many', async () => {
  const people = Array.from({ length: 51 }, (_, i) => `person${i}@example.com`);
  await expect(send({}, { Destinations: people.slice(1) })).resolves.toBeDefined();
  await expect(send({}, { Destinations: people })).rejects.toMatchObject({ message: 'Recipient count exceeds 50.' });
});

test('the envelope says who gets it; without one, the headers do', async () => {
  const enveloped = await send({ headers: ['Bcc: eve@example.com'] }, { Destinations: ['ada@example.com'] });
  expect((await shown(enveloped.MessageId!)).to).toEqual(['ada@example.com']);
  const { MessageId } = await send({ headers: ['Cc: Bo <bo@example.com>, "Quoted, C" <c@example.com>'] }, { Destinations: undefined });
  expect((await shown(MessageId!)).to).toEqual(['ada@example.com', 'bo@example.com', 'c@example.com']);
  await expect(send({ headers: [], to: '' }, { Destinations: undefined })).rejects.toThrow("Missing required header 'To'.");
});

test.each([
  ['a header twice', 'Subject: again', "Duplicate header 'subject'."],
  ['a header without a name', 'no colon here', 'A header of the message is malformed.'],
  ['a header that is not ASCII', 'X-Word: grün', 'A header of the message is malformed.'],
  ['an endless line', `X-Long: ${'x'.repeat(1_000)}`, 'Message contains a line of more than 998 characters.'],
])('a message with %s is refused', async (_, header, message) => {
  await expect(send({ headers: [header] })).rejects.toMatchObject({ name: 'InvalidParameterValue', message });
});

test('a message of more than ten megabytes is refused', async () => {
  const line = `${'x'.repeat(70)}\r\n`;
  await expect(send({ body: line.repeat(140_000) })).resolves.toBeDefined();
  await expect(send({ body: line.repeat(150_000) })).rejects.toThrow('Message length is more than 10485760 bytes long');
});

test('a stranger, whoever does not know the secret, and a machine whose clock is wrong are refused', async () => {
  const quota = new GetSendQuotaCommand({});
  await expect(clientWith({ credentials: { ...keys, accessKeyId: 'AKIASTRANGER' } }).send(quota)).rejects.toMatchObject({
    name: 'InvalidClientTokenId',
    $metadata: { httpStatusCode: 403 },
  });
  await expect(clientWith({ credentials: { ...keys, secretAccessKey: 'guess' } }).send(quota)).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  });
  await expect(clientWith({ systemClockOffset: -3_600_000 }).send(quota)).rejects.toThrow('Signature expired');
  expect(await told(await fetch(`${sandbox.url}/`, { method: 'POST', body: 'Action=GetSendQuota&Version=2010-12-01' }))).toEqual([
    403,
    'MissingAuthenticationToken',
  ]);
});

test('a request that was changed on its way is refused', async () => {
  const caught: { body: string; headers: Record<string, string> }[] = [];
  const catching = clientWith({});
  catching.middlewareStack.add(
    (next) => async (args) => {
      caught.push(args.request as (typeof caught)[number]);
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await catching.send(new SendRawEmailCommand({ Destinations: ['ada@example.com'], RawMessage: { Data: message({}) } }));
  const { body, headers } = caught[0]!;
  const again = (changed: string) => fetch(sandbox.url, { method: 'POST', headers, body: changed });
  expect((await again(body)).status).toBe(200);
  expect(await told(await again(body.replace('ada', 'eve')))).toEqual([403, 'SignatureDoesNotMatch']);
});

test('what is not played here is refused, never half done', async () => {
  const Source = 'hello@example.com';
  const simple = new SendEmailCommand({ Source, Destination: { ToAddresses: [Source] }, Message: { Subject: { Data: 'a' }, Body: {} } });
  await expect(ses.send(simple)).rejects.toMatchObject({ name: 'InvalidAction' });
  await expect(send({}, { ConfigurationSetName: 'metrics' })).rejects.toMatchObject({ name: 'ValidationError' });
});

test('who may send, and how much was sent, can be asked', async () => {
  const { Max24HourSend, SentLast24Hours } = await ses.send(new GetSendQuotaCommand({}));
  expect(Max24HourSend).toBe(50_000);
  expect(SentLast24Hours).toBeGreaterThan(0);
  const Identities = ['hello@example.com', 'stranger.example'];
  const { VerificationAttributes } = await ses.send(new GetIdentityVerificationAttributesCommand({ Identities }));
  expect(VerificationAttributes).toEqual({ 'hello@example.com': { VerificationStatus: 'Success' } });
});

test('mails are shown to whoever knows the secret, and are still there after another start', async () => {
  const { MessageId } = await send({ body: 'kept' });
  expect((await fetch(`${sandbox.url}/sandbox/mails`)).status).toBe(401);
  const second = await startMailSandbox({ dir: folder.path, region: 'eu-central-1', identities, ...keys });
  try {
    const answer = await fetch(`${second.url}/sandbox/mails?to=ADA@example.com`, { headers: { authorization: 'Bearer secret' } });
    const { mails } = (await answer.json()) as { mails: { id: string; text: string }[] };
    expect(mails[0]).toMatchObject({ id: MessageId, text: 'kept' });
  } finally {
    await second.stop();
  }
  const none = await fetch(`${sandbox.url}/sandbox/mails/..%2Fsandbox-keys`, { headers: { authorization: 'Bearer secret' } });
  expect(none.status).toBe(404);
});

function clientWith(config: SESClientConfig): SESClient {
  const client = new SESClient({ region: 'eu-central-1', endpoint: sandbox.url, credentials: { ...keys }, maxAttempts: 1, ...config });
  clients.push(client);
  return client;
}

interface Written {
  readonly from?: string;
  readonly to?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

function send(written: Written, input: Partial<SendRawEmailCommandInput> = {}) {
  const sent = { Source: written.from, Destinations: ['ada@example.com'], RawMessage: { Data: message(written) }, ...input };
  return ses.send(new SendRawEmailCommand(sent));
}

function message({ from = 'hello@example.com', to = 'ada@example.com', headers = [], body = 'Hello' }: Written): Buffer {
  return Buffer.from([`From: Hello <${from}>`, ...(to ? [`To: ${to}`] : []), 'Subject: Hello', ...headers, '', body].join('\r\n'));
}

async function shown(id: string): Promise<{ to: string[] }> {
  const answer = await fetch(`${sandbox.url}/sandbox/mails/${id}`, { headers: { authorization: 'Bearer secret' } });
  return (await answer.json()) as { to: string[] };
}

async function told(answer: Response): Promise<[number, string | undefined]> {
  return [answer.status, /<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1]];
}
