// The doctor as people run it: a process of its own, beside a product that runs, and where none does.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startMailSandbox } from '#core/sandbox/mail/server.ts';
import { startS3Sandbox } from '#core/sandbox/s3/server.ts';
import { runningPostgres, startPostgres } from '#core/sandbox/postgres/postgres.ts';
import { migrate } from '#core/store/database/migrate.ts';
import { createTestDatabase } from '#core/testing/runner/database.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { stage } from '#core/testing/stages/stage.ts';
import { slackStage } from '#core/testing/stages/slack-stage.ts';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import type { GivenSettings } from '#core/contracts/config-problem.ts';

const key = randomBytes(32).toString('base64');

test('beside a product that runs well, every line is ok', async () => {
  const dir = await folder();
  const credentials = { accessKeyId: 'DOCTORKEY', secretAccessKey: randomBytes(20).toString('hex') };
  const s3 = await startS3Sandbox({ dir: path.join(dir, 's3'), bucket: 'kept', ...credentials });
  onTestFinished(() => s3.stop());
  const from = 'hello@example.com';
  const ses = await startMailSandbox({ dir: path.join(dir, 'mail'), region: 'us-east-1', identities: [from], ...credentials });
  onTestFinished(() => ses.stop());
  const settings = {
    S3_BUCKET: 'kept',
    S3_ENDPOINT: s3.url,
    SES_FROM: from,
    SES_ENDPOINT: ses.url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ENCRYPTION_KEY: key,
  };
  const { url, databaseUrl, product, person } = await stage({ settings });
  await (await person(20)).get('find me 3 leads in Miami');

  const { code, said } = await visit({
    ...settings,
    DATABASE_URL: databaseUrl,
    OPENCLAW_URL: product.outside.openclaw.url,
    OPENCLAW_TOKEN: 'stage',
    DATA_DIR: dir,
    PORT: new URL(url).port,
    PUBLIC_URL: url,
  });
  expect(said).toEqual({
    node: [`ok ${process.versions.node}`],
    packages: ['ok as package-lock.json says'],
    settings: [expect.stringMatching(/^ok DATABASE_URL, DATA_DIR, PORT, PUBLIC_URL, .*SES_FROM, SES_ENDPOINT set; sandboxes for Stripe$/)],
    'data folder': [expect.stringMatching(/^ok .*, [\d.]+ GB free$/)],
    product: [`ok ${url}, ready`],
    port: [`ok ${new URL(url).port}, held by the product`],
    address: [`ok ${url} leads to the product`],
    database: [expect.stringMatching(/^ok PostgreSQL 18\.\d+ \(127\.0\.0\.1:\d+\), \d+ of \d+ connections$/)],
    migrations: ['ok the database is as this version needs it'],
    clock: ['ok as the database has it'],
    secrets: ['ok 4 secrets open with ENCRYPTION_KEY'],
    ledger: ['ok 1 wallet adds up'],
    tasks: ['ok 0 under way, none late'],
    letters: ['ok all delivered'],
    mails: ['ok all sent'],
    queue: ['ok in PostgreSQL: 0 waiting, 0 active, 0 delayed'],
    storage: ['ok kept: stored, read and removed an object'],
    mail: ['ok SES takes mails from hello@example.com, 0 of 50000 sent in 24 hours'],
    payments: ['ok a sandbox, which starts with the product'],
    slack: ['ok a sandbox, which starts with the product'],
    discord: ['ok a sandbox, which starts with the product'],
    agents: [expect.stringMatching(/^ok 127\.0\.0\.1:\d+ answers, and has all agents$/)],
  });
  expect(code).toBe(0);
});

test('of an app in Slack, the token, its scopes and the event address are looked at, and the page of Slack that mends them is named', async () => {
  const { people, settings, another, databaseUrl } = await slackStage();
  const secret = randomBytes(16).toString('hex');
  const { url } = await another({}, { botSettings: { slack: { ...settings, signingSecrets: [secret] } } });
  const given = {
    DATABASE_URL: databaseUrl,
    DATA_DIR: await folder(),
    PORT: '0',
    PUBLIC_URL: url!,
    SLACK_API_URL: settings.apiUrl!,
    SLACK_BOT_TOKEN: (await people.places()).teams[0]!.token,
    SLACK_SIGNING_SECRET: secret,
  };
  const slackSaid = async () => (await visit(given)).said['slack'];
  expect(await slackSaid()).toEqual(['ok the token works in Acme, with all scopes', `ok ${url}/slack/events answers as Slack wants it`]);
  await people.takeScope('T1', 'files:read');
  expect((await slackSaid())![0]).toMatch(/^warning the token lacks files:read → .*“OAuth & Permissions”.*“Reinstall to Workspace”/);
});

test('a gateway that several teams share is said to be one trust domain, and is a warning until that is accepted', async () => {
  const { databaseUrl, product, person } = await stage({ settings: { ENCRYPTION_KEY: key } });
  for (const amount of [1, 1]) await person(amount);
  const settings = {
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEY: key,
    OPENCLAW_URL: product.outside.openclaw.url,
    OPENCLAW_TOKEN: 'stage',
    DATA_DIR: await folder(),
    PORT: '0',
  };
  const words = '2 teams share this gateway, which is one trust domain: an agent that works for one may reach the files of another';
  expect((await visit(settings)).said['agents']).toEqual([
    expect.stringMatching(/^ok /),
    `warning ${words} → see “One gateway is one trust domain” in docs/operate.md, then set OPENCLAW_SHARED_GATEWAY`,
  ]);
  expect((await visit({ ...settings, OPENCLAW_SHARED_GATEWAY: 'accept' })).said['agents']).toEqual([
    expect.stringMatching(/^ok /),
    `ok ${words} (accepted by OPENCLAW_SHARED_GATEWAY)`,
  ]);
});

test('where nothing was ever started it says so, makes nothing, and finds nothing wrong', async () => {
  const dir = path.join(await folder(), 'data');
  const { code, said } = await visit({ DATA_DIR: dir, PORT: '0' });
  expect(said).toMatchObject({
    settings: ['ok DATA_DIR, PORT set; sandboxes for PostgreSQL, S3, OpenClaw, mail, Stripe'],
    'data folder': [expect.stringContaining(`ok ${dir} will be made`)],
    product: ['warning does not run → npm start'],
    database: ['ok will be made by the first npm start'],
    storage: ['ok a sandbox, which starts with the product'],
    mail: ['ok a sandbox, which starts with the product'],
  });
  expect(said).not.toHaveProperty('ledger');
  expect(code).toBe(0);
  await expect(rm(dir)).rejects.toThrow('ENOENT');
});

test('broken settings are all named without their values, and the rest is looked at nevertheless', async () => {
  const { code, said, output } = await visit({
    DATABASE_URL: 'mysql://hunter2@db/x',
    PORT: '30x0',
    SLACK_SIGNING_SECRET: 'hunter2',
    S3_ENDPOINT: 'http://127.0.0.1:9',
    OPENCLAW_URL: 'ws://127.0.0.1:9',
    DATA_DIR: await folder(),
  });
  expect(said).toMatchObject({
    settings: [
      'failing DATABASE_URL must be an address that begins with postgres:// or postgresql:// → set DATABASE_URL',
      'failing PORT must be a whole number from 0 to 65535 → set PORT',
      'failing SLACK_SIGNING_SECRET must have 32 hexadecimal digits → set SLACK_SIGNING_SECRET',
      'failing SLACK_BOT_TOKEN must be set (or SLACK_CLIENT_ID), because SLACK_SIGNING_SECRET is → set SLACK_BOT_TOKEN',
      'failing S3_BUCKET must be set, because S3_ENDPOINT is → set S3_BUCKET',
    ],
    'data folder': [expect.stringMatching(/^ok /)],
    port: ['warning was not looked at → set PORT first'],
    database: ['warning was not looked at → set DATABASE_URL first'],
    storage: ['warning was not looked at → set S3_BUCKET first'],
    agents: ['warning the gateway is asked once the database is there → npm start'],
  });
  expect(output).not.toContain('hunter2');
  expect(code).toBe(1);
});

test('what is away or in the way is failing, with what mends it and without the password', async () => {
  const other = createServer((_request, response) => void response.end('somebody else')).listen(0);
  await once(other, 'listening');
  onTestFinished(() => {
    other.closeAllConnections();
    other.close();
  });
  const { port } = other.address() as AddressInfo;
  const { code, said, output } = await visit({
    DATABASE_URL: `postgres://impacter:hunter2@127.0.0.1:9/hunter2`,
    PORT: String(port),
    DATA_DIR: '/proc/nowhere',
  });
  expect(said).toMatchObject({
    'data folder': [expect.stringMatching(/^failing \/proc cannot be written by this user → .*set DATA_DIR$/)],
    port: [
      expect.stringMatching(new RegExp(`^failing ${port} is held by .* \\(process ${process.pid}\\) → stop that program, or set PORT`)),
    ],
    database: ['failing connect ECONNREFUSED 127.0.0.1:9 → start PostgreSQL there, or set DATABASE_URL'],
  });
  expect(output).not.toContain('hunter2');
  expect(code).toBe(1);
});

test('a secret that another program repeats in its error is not printed', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const url = new URL(database.url);
  url.pathname = url.password;
  const { said, output } = await visit({ DATABASE_URL: url.href, DATA_DIR: await folder(), PORT: '0' });
  expect(said['database']).toEqual(['failing database "…" does not exist → start PostgreSQL there, or set DATABASE_URL']);
  expect(output).not.toContain(url.password);
});

test('a database that holds late tasks, dead letters, wrong sums and secrets of another key is told apart line by line', async () => {
  const settings = { ENCRYPTION_KEY: key };
  const { databaseUrl, person, product } = await stage({ settings });
  const { walletId, get } = await person(20);
  await get('find me 3 leads in Miami');
  await product.stop();
  await inDatabase(databaseUrl, async (client) => {
    // The database refuses this to all but who switches its guards off.
    await client.query('ALTER TABLE tasks DISABLE TRIGGER USER; ALTER TABLE wallets DISABLE TRIGGER USER');
    await client.query(`UPDATE tasks SET status = 'processing', deadline_at = now() - interval '1 hour'`);
    await client.query(`UPDATE letters SET state = 'dead' WHERE seq = 1`);
    await client.query('UPDATE wallets SET balance = balance + 1 WHERE id = $1', [walletId]);
  });

  const { code, said } = await visit({
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    DATA_DIR: await folder(),
    PORT: '0',
  });
  expect(said).toMatchObject({
    secrets: [
      'failing ENCRYPTION_KEY does not open 4 secrets in the database: links, logins, mailboxes, openclaw device → add the old key behind the new one: ENCRYPTION_KEY=new,old; without a copy: npm run keys -- lost',
    ],
    ledger: [`failing 1 wallet does not add up, such as ${walletId} → npm run ledger:verify`],
    tasks: ['failing 1 are past their deadline and nobody ends them → ROLES=worker npm start'],
    letters: ['warning 1 could not be delivered in the last 7 days → see “Letters that do not arrive” in docs/operate.md'],
  });
  expect(code).toBe(1);
});

test('the embedded database is looked at where no product runs, and stopped again; where one holds it, it says who', async () => {
  const dir = await folder();
  const postgres = await startPostgres({ dataDir: dir, log: quietLog, fsync: false });
  await migrate(postgres.url);
  const beside = await visit({ DATA_DIR: dir, PORT: '0' });
  expect(beside.said['database']).toEqual([
    expect.stringMatching(
      new RegExp(`^ok PostgreSQL 18\\.\\d+ \\(embedded, held by process ${process.pid} since .*\\), \\d+ of 200 connections$`),
    ),
  ]);
  await postgres.stop();

  const alone = await visit({ DATA_DIR: dir, PORT: '0' });
  expect(alone.said['database']).toEqual([expect.stringContaining('(embedded, held by nobody)')]);
  expect(alone.said['ledger']).toEqual(['ok 0 wallets add up']);
  expect(await runningPostgres(dir)).toBeNull();
});

test('sandbox keys that got lost while the database kept what they seal are failing, and not made anew', async () => {
  const dir = await folder();
  const postgres = await startPostgres({ dataDir: dir, log: quietLog, fsync: false });
  await migrate(postgres.url);
  await inDatabase(postgres.url, (client) => client.query(`INSERT INTO secrets (name, sealed) VALUES ('links', 'x')`));
  await postgres.stop();
  const { said, code } = await visit({ DATA_DIR: dir, PORT: '0' });
  expect(said['secrets']).toEqual([
    `failing ${dir}/sandbox-keys.json is lost, which opens 1 secrets in the database → put it back; without a copy: npm run keys -- lost`,
  ]);
  expect(code).toBe(1);
});

test('an older database is told which migrations it waits for, and nothing is done to it', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  await inDatabase(database.url, (client) => client.query(`DELETE FROM _prisma_migrations WHERE migration_name LIKE '%_flows'`));
  const { said } = await visit({ DATABASE_URL: database.url, DATA_DIR: await folder(), PORT: '0' });
  expect(said['migrations']).toEqual([
    expect.stringMatching(/^warning \d to be applied: .*_flows → npm start, or npm run prisma -- migrate deploy$/),
  ]);
  expect(said).not.toHaveProperty('tasks');
});

async function visit(settings: GivenSettings): Promise<{ code: number; said: Record<string, string[]>; output: string }> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
    execFile(
      process.execPath,
      [path.join(import.meta.dirname, 'doctor.ts')],
      { env: { PATH, NODE_COMPILE_CACHE, ...settings } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
  const said: Record<string, string[]> = {};
  for (const line of output.split('\n')) {
    const [, state, name, words] = /^(ok|warning|failing) +(\w+(?: \w+)?) {2,}(.+)$/.exec(line) ?? [];
    if (name !== undefined) (said[name] ??= []).push(`${state} ${words}`);
  }
  return { code, said, output };
}

async function inDatabase(url: string, act: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await act(client);
  } finally {
    await client.end();
  }
}

async function folder(): Promise<string> {
  const made = await temporaryFolder('doctor');
  onTestFinished(() => made.remove());
  return made.path;
}
