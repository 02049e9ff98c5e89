// Everything the doctor looks at, in the order in which one part needs another.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rmdir, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Config } from '#core/contracts/env.ts';
import { settingNames } from '#core/contracts/settings.ts';
import { createAgents } from '#core/engines/agents.ts';
import { createQueue } from '#core/engines/bullmq/bullmq.ts';
import { systemClock } from '#core/engines/clock.ts';
import { createLog } from '#core/engines/log/log.ts';
import { newDeviceKey } from '#core/engines/openclaw/device.ts';
import { createS3 } from '#core/engines/s3.ts';
import { createSes } from '#core/engines/ses/ses.ts';
import { MailError } from '#core/ports/mail.ts';
import { readSandboxKeys } from '#core/product/sandbox-keys.ts';
import { realS3, realSes } from '#core/product/sandboxes.ts';
import { missingMigrations } from '#core/store/database/migrate.ts';
import { openMoney } from '#core/store/database/money.ts';
import { openWithAny, sharedSecret } from '#core/store/database/secrets.ts';
import { discord } from './discord.ts';
import { failing, ok, warning, type Check, type Database, type Finding, type Patient } from './finding.ts';
import { readyz } from './patient.ts';
import { payments } from './payments.ts';
import { portHolder } from './port-holder.ts';
import { sharing } from './sharing.ts';
import { slack } from './slack.ts';

const root = path.join(import.meta.dirname, '../../..');
const log = createLog({ level: 'silent' });

export const checks: readonly Check[] = [
  { name: 'node', look: node, mend: 'npm install' },
  { name: 'packages', look: packages, mend: 'npm install' },
  { name: 'settings', look: settings, mend: 'see the table in README.md' },
  { name: 'data folder', reads: /^DATA_DIR$/, look: dataFolder, mend: 'set DATA_DIR' },
  { name: 'product', look: product, mend: 'npm start' },
  { name: 'port', reads: /^(PORT|HOST)$/, look: port, mend: 'set PORT' },
  { name: 'address', reads: /^PUBLIC_URL$/, look: address, mend: 'set PUBLIC_URL' },
  { name: 'database', reads: /^DATABASE_URL$/, look: database, mend: 'set DATABASE_URL' },
  { name: 'migrations', look: inDatabase(migrations), mend: 'npm run prisma -- migrate status' },
  { name: 'clock', look: inDatabase(clock), mend: 'timedatectl set-ntp true' },
  { name: 'secrets', reads: /^ENCRYPTION_KEY$/, look: inTables(secrets), mend: 'set ENCRYPTION_KEY' },
  { name: 'ledger', look: inTables(ledger), mend: 'npm run ledger:verify' },
  { name: 'tasks', look: inTables(tasks), mend: 'ROLES=worker npm start' },
  { name: 'letters', look: inTables(letters), mend: 'ROLES=bots npm start' },
  { name: 'mails', look: inTables(mails), mend: 'ROLES=worker npm start' },
  { name: 'queue', reads: /^REDIS_URL$/, look: inTables(queue), mend: 'set REDIS_URL' },
  { name: 'storage', reads: /^(S3|AWS)_/, look: storage, mend: 'set S3_BUCKET, S3_ENDPOINT and the AWS keys' },
  { name: 'mail', reads: /^(SES|AWS)_/, look: mail, mend: 'set SES_FROM, SES_ENDPOINT and the AWS keys' },
  { name: 'payments', reads: /^STRIPE_/, look: payments, mend: 'set STRIPE_SECRET_KEY' },
  { name: 'slack', reads: /^(SLACK_|PUBLIC_URL$)/, look: slack, mend: 'see whether SLACK_API_URL leads to Slack' },
  { name: 'discord', reads: /^(DISCORD_|PUBLIC_URL$)/, look: discord, mend: 'see whether DISCORD_API_URL leads to Discord' },
  { name: 'agents', reads: /^OPENCLAW_/, look: agents, mend: 'set OPENCLAW_URL and OPENCLAW_TOKEN' },
];

type Open = Extract<Database, { state: 'open' }>;

/** The line of `database` says why there is none; the others then say nothing. */
function inDatabase(look: (database: Open, patient: Patient) => Promise<Finding | readonly Finding[]>): Check['look'] {
  return async (patient) => (patient.database.state === 'open' ? look(patient.database, patient) : []);
}

function inTables(look: (database: Open, patient: Patient) => Promise<Finding | readonly Finding[]>): Check['look'] {
  return inDatabase(async (database, patient) => (database.migrated ? look(database, patient) : []));
}

// --- This machine.

async function node(): Promise<Finding> {
  const { node: version } = process.versions;
  return Number.parseInt(version, 10) >= 24 ? ok(version) : failing(`${version} is too old; 24 is needed`, 'npm install');
}

async function packages(): Promise<Finding> {
  const versionsIn = async (file: string) =>
    (
      JSON.parse(await readFile(path.join(root, file), 'utf8')) as {
        packages: Record<string, { version?: string; optional?: boolean; dev?: boolean; devOptional?: boolean }>;
      }
    ).packages;
  const [wanted, present] = await Promise.all([versionsIn('package-lock.json'), versionsIn('node_modules/.package-lock.json')]);
  const needed = Object.entries(wanted).filter(
    ([place, { optional, dev, devOptional }]) => place !== '' && !optional && !dev && !devOptional,
  );
  const wrong = needed.filter(([place, { version }]) => present[place]?.version !== version);
  if (wrong.length === 0) return ok('as package-lock.json says');
  return failing(`${wrong.length} are not as package-lock.json says, such as ${wrong[0]![0].slice('node_modules/'.length)}`, 'npm install');
}

async function settings({ given, config, problems }: Patient): Promise<readonly Finding[]> {
  if (problems.length > 0) return problems.map(({ name, problem }) => failing(`${name} ${problem}`, `set ${name}`));
  const services = { PostgreSQL: config.database, S3: config.files, OpenClaw: config.openclaw, mail: config.mail, Stripe: config.stripe };
  const played = Object.entries(services).flatMap(([name, { kind }]) => (kind === 'sandbox' ? [name] : []));
  const set = settingNames.filter((name) => given[name] !== undefined);
  return [
    ok(`${set.length === 0 ? 'none set' : `${set.join(', ')} set`}${played.length === 0 ? '' : `; sandboxes for ${played.join(', ')}`}`),
  ];
}

const LITTLE_BYTES = 2e9;
const TOO_LITTLE_BYTES = 2e8;

async function dataFolder({ config }: Patient): Promise<Finding> {
  const folder = path.resolve(config.dataDir);
  const there = await nearest(folder);
  try {
    // Root, and file systems that are read only, are told apart by nothing but trying.
    await rmdir(await mkdtemp(path.join(there, '.doctor-')));
  } catch {
    return failing(`${there} cannot be written by this user`, 'give it to this user (chown), or set DATA_DIR');
  }
  const { bavail, bsize } = await statfs(there);
  const free = `${there === folder ? folder : `${folder} will be made`}, ${(bavail * bsize * 1e-9).toFixed(1)} GB free`;
  const mend = 'make room on that disk, or set DATA_DIR to a folder on another one';
  if (bavail * bsize < TOO_LITTLE_BYTES) return failing(free, mend);
  return bavail * bsize < LITTLE_BYTES ? warning(free, mend) : ok(free);
}

async function nearest(folder: string): Promise<string> {
  return existsSync(folder) ? folder : nearest(path.dirname(folder));
}

// --- The product, as others reach it.

async function product({ product: running, database }: Patient): Promise<readonly Finding[]> {
  const elsewhere = database.state === 'open' ? await processesOn(database) : 0;
  if (!running) {
    return [
      elsewhere > 0
        ? ok(`does not answer on this machine; ${many(elsewhere, 'process', 'processes')} of it on the database`)
        : warning('does not run', 'npm start'),
    ];
  }
  const ill = running.parts.filter((part) => !part.ok);
  if (ill.length === 0)
    return [ok(`${running.url}, ready${elsewhere > 1 ? `; ${many(elsewhere, 'process', 'processes')} of it on the database` : ''}`)];
  return ill.map(({ part, trouble }) =>
    failing(
      `${running.url}/readyz: ${part}${trouble === undefined ? '' : `: ${trouble}`}`,
      part === 'workers' ? 'ROLES=worker npm start' : `see the line of ${part} below, and the log`,
    ),
  );
}

/** Each process of the product listens on one connection. */
async function processesOn({ client }: Open): Promise<number> {
  const { rows } = await client.query<{ many: string }>(
    `SELECT count(*) AS many FROM pg_stat_activity WHERE application_name = 'impacter listen' AND datname = current_database()`,
  );
  return Number(rows[0]?.many ?? 0);
}

async function port({ config, product: running }: Patient): Promise<Finding> {
  const { host, port: wanted } = config.http;
  if (wanted === 0) return ok('any that is free');
  if (running && new URL(running.url).port === String(wanted)) return ok(`${wanted}, held by the product`);
  const server = createServer().listen(wanted, host);
  try {
    await once(server, 'listening');
    return ok(`${wanted} is free`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return failing(`this machine has no address ${host}`, 'set HOST');
    if (code === 'EACCES') return failing(`${wanted} is not open to this user`, 'set PORT to one above 1023');
    return failing(
      `${wanted} is held by ${(await portHolder(wanted)) ?? 'a program of somebody else'}`,
      'stop that program, or set PORT to another one (0 takes any that is free)',
    );
  } finally {
    server.close();
  }
}

/** What people click on in threads leads there. */
async function address({ given, config, product: running }: Patient): Promise<Finding | readonly Finding[]> {
  if (given.PUBLIC_URL === undefined || (!running && config.http.publicUrl === null)) return [];
  const url = config.http.publicUrl!;
  if (await readyz(url, config.http.metricsToken)) return ok(`${url} leads to the product`);
  return warning(`${url} does not lead to the product from here`, 'see its proxy and DNS, or set PUBLIC_URL');
}

// --- The database and what it says.

const LEAST_VERSION = 180_000;

async function database({ database: found, config }: Patient): Promise<Finding> {
  if (found.state === 'none') return ok('will be made by the first npm start');
  const embedded = config.database.kind === 'sandbox';
  if (found.state === 'away')
    return failing(found.why, embedded ? `see ${config.dataDir}/postgres/server.log` : 'start PostgreSQL there, or set DATABASE_URL');
  const { rows } = await found.client.query<{ version: string; number: number; used: string; most: number }>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
            (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used, current_setting('max_connections')::int AS most`,
  );
  const { version, number, used, most } = rows[0]!;
  const where = embedded
    ? `embedded, ${found.held === null ? 'held by nobody' : `held by process ${found.held.pid} since ${found.held.since.toISOString()}`}`
    : new URL(found.url).host;
  const words = `PostgreSQL ${version.split(' ')[0]} (${where}), ${used} of ${most} connections`;
  if (number < LEAST_VERSION) return failing(`${words}: PostgreSQL 18 or newer is needed`, 'set DATABASE_URL');
  return Number(used) > most * 0.8 ? warning(words, 'raise max_connections; a process of the product takes up to 18') : ok(words);
}

async function migrations({ client }: Open): Promise<Finding> {
  const missing = await missingMigrations(client);
  if (missing.length === 0) return ok('the database is as this version needs it');
  return warning(`${missing.length} to be applied: ${missing.join(', ')}`, 'npm start, or npm run prisma -- migrate deploy');
}

const SKEW_MS = 1_000;
const TOO_MUCH_SKEW_MS = 15_000;

async function clock({ client }: Open): Promise<Finding> {
  const before = Date.now();
  const { rows } = await client.query<{ at: Date }>('SELECT clock_timestamp() AS at');
  const after = Date.now();
  const at = rows[0]!.at.getTime();
  const skewMs = Math.max(0, before - at, at - after);
  const words = skewMs === 0 ? 'as the database has it' : `${(skewMs / 1000).toFixed(1)} s from the database’s`;
  // Leases and deadlines are counted in our time and read by other machines.
  if (skewMs > TOO_MUCH_SKEW_MS) return failing(words, 'timedatectl set-ntp true, on both machines');
  return skewMs > SKEW_MS ? warning(words, 'timedatectl set-ntp true, on both machines') : ok(words);
}

async function secrets({ client }: Open, { config }: Patient): Promise<Finding> {
  const keys = await encryptionKeys(config);
  const { rows } = await client.query<{ name: string; sealed: Buffer }>('SELECT name, sealed FROM secrets ORDER BY name');
  if (keys === null) {
    if (rows.length === 0) return ok('none yet');
    return failing(
      `${config.dataDir}/sandbox-keys.json is lost, which opens ${rows.length} secrets in the database`,
      'put it back; without a copy: npm run keys -- lost',
    );
  }
  const lost = rows.filter(({ name, sealed }) => openWithAny(keys, name, sealed).state === 'lost');
  if (lost.length > 0)
    return failing(
      `${config.encryption === null ? 'sandbox-keys.json' : 'ENCRYPTION_KEY'} does not open ${many(lost.length, 'secret', 'secrets')} in the database: ${lost.map(({ name }) => name).join(', ')}`,
      `${config.encryption === null ? 'put sandbox-keys.json back from a backup' : 'add the old key behind the new one: ENCRYPTION_KEY=new,old'}; without a copy: npm run keys -- lost`,
    );
  return ok(
    `${many(rows.length, 'secret opens', 'secrets open')} with ${config.encryption === null ? 'sandbox-keys.json' : 'ENCRYPTION_KEY'}`,
  );
}

async function encryptionKeys({ encryption, dataDir }: Config): Promise<readonly string[] | null> {
  if (encryption !== null) return encryption.keys;
  const kept = await readSandboxKeys(dataDir);
  return kept && [kept.encryptionKey];
}

const WALLETS_LOOKED_AT = 1_000;

/** Sums only, of some wallets; `npm run ledger:verify` reads every line of all. */
async function ledger({ client }: Open): Promise<Finding> {
  const { rows } = await client.query<{ wallets: string; wrong: string; example: string | null }>(
    `SELECT count(*) AS wallets, count(*) FILTER (WHERE w.off) AS wrong, min(w.wallet_id::text) FILTER (WHERE w.off) AS example
     FROM (SELECT r.wallet_id, EXISTS (SELECT FROM jsonb_each_text(to_jsonb(r) - 'wallet_id') d WHERE d.value <> '0') AS off FROM ledger_reconcile r LIMIT ${WALLETS_LOOKED_AT}) w`,
  );
  const { wallets, wrong, example } = rows[0]!;
  if (Number(wrong) === 0) return ok(`${many(Number(wallets), 'wallet adds', 'wallets add')} up`);
  return failing(`${many(Number(wrong), 'wallet does', 'wallets do')} not add up, such as ${example}`, 'npm run ledger:verify');
}

async function tasks({ client }: Open): Promise<Finding> {
  const { rows } = await client.query<{ live: string; overdue: string; stuck: string }>(
    `SELECT count(*) AS live, count(*) FILTER (WHERE t.deadline_at < now() - interval '2 minutes' AND NOT in_hand) AS overdue,
            (SELECT count(*) FROM outbox WHERE at < now() - interval '1 minute') AS stuck
     FROM tasks t, LATERAL (SELECT EXISTS (SELECT FROM attempts a WHERE a.task_id = t.id AND a.lease_until > now()) AS in_hand) a
     WHERE t.status IN ('pending', 'processing')`,
  );
  const { live, overdue, stuck } = rows[0]!;
  if (Number(overdue) > 0) return failing(`${overdue} are past their deadline and nobody ends them`, 'ROLES=worker npm start');
  if (Number(stuck) > 0) return failing(`${stuck} wait for more than a minute to get into the queue`, 'ROLES=worker npm start');
  return ok(`${live} under way, none late`);
}

async function letters({ client }: Open): Promise<Finding> {
  const { rows } = await client.query<{ open: string; dead: string; late: string }>(
    `SELECT count(*) FILTER (WHERE state <> 'dead') AS open, count(*) FILTER (WHERE state = 'dead' AND created_at > now() - interval '7 days') AS dead,
            count(*) FILTER (WHERE state <> 'dead' AND created_at < now() - interval '10 minutes') AS late
     FROM letters WHERE state <> 'sent'`,
  );
  const { open: waiting, dead, late } = rows[0]!;
  if (Number(dead) > 0)
    return warning(`${dead} could not be delivered in the last 7 days`, 'see “Letters that do not arrive” in docs/operate.md');
  if (Number(late) > 0)
    return warning(`${late} wait for more than 10 minutes`, 'ROLES=bots npm start; see “Letters that do not arrive” in docs/operate.md');
  return ok(waiting === '0' ? 'all delivered' : `${waiting} on their way, none late`);
}

async function mails({ client }: Open): Promise<Finding> {
  const { rows } = await client.query<{ open: string; undelivered: string; late: string }>(
    `SELECT count(*) FILTER (WHERE state IN ('planned', 'sending')) AS open,
            count(*) FILTER (WHERE state IN ('unknown', 'dead') AND trouble <> 'mail is off' AND created_at > now() - interval '7 days') AS undelivered,
            count(*) FILTER (WHERE state IN ('planned', 'sending') AND created_at < now() - interval '10 minutes') AS late
     FROM mails WHERE state <> 'sent'`,
  );
  const { open: waiting, undelivered, late } = rows[0]!;
  if (Number(undelivered) > 0)
    return warning(`${undelivered} may not have arrived in the last 7 days`, 'see “Mails that do not arrive” in docs/operate.md');
  if (Number(late) > 0)
    return warning(`${late} wait for more than 10 minutes`, 'ROLES=worker npm start; see “Mails that do not arrive” in docs/operate.md');
  return ok(waiting === '0' ? 'all sent' : `${waiting} on their way, none late`);
}

// --- What is outside.

async function queue({ url }: Open, { config }: Patient): Promise<Finding> {
  const opened = await createQueue({ name: 'tasks', databaseUrl: url, redisUrl: config.redis?.url ?? null, log });
  try {
    const { waiting, active, delayed } = await opened.counts();
    return ok(
      `in ${config.redis === null ? 'PostgreSQL' : `Redis (${new URL(config.redis.url).host})`}: ${waiting} waiting, ${active} active, ${delayed} delayed`,
    );
  } finally {
    await opened.close();
  }
}

async function storage(patient: Patient): Promise<Finding> {
  const { files } = patient.config;
  if (files.kind === 'sandbox') return asTheProductSays(patient, 'storage');
  const store = createS3(realS3(files));
  const key = `doctor/${randomUUID()}`;
  const body = 'The doctor was here.';
  try {
    await store.put(key, Readable.from([body]), { mime: 'text/plain', sizeBytes: body.length });
    if ((await text(await store.open(key))) !== body)
      return failing(`${files.bucket} gave back something else than it was given`, 'set S3_ENDPOINT');
    await store.remove(key);
    return ok(`${files.bucket}: stored, read and removed an object`);
  } finally {
    store.close();
  }
}

/** What a new account of AWS may send in a day, and only to addresses that are verified as well. */
const TRIAL_QUOTA = 200;

async function mail({ config }: Patient): Promise<Finding> {
  const ses = realSes(config);
  if (ses === null) return ok(config.mail.kind === 'off' ? 'off: nobody gets any' : 'a sandbox, which starts with the product');
  const mailer = createSes(ses);
  try {
    const { from, sent, most } = await mailer.check();
    const words = `SES takes mails from ${from}, ${sent} of ${most} sent in 24 hours`;
    return most > TRIAL_QUOTA ? ok(words) : warning(`${words}, and only to verified addresses`, 'ask AWS for production access to SES');
  } catch (error) {
    if (!(error instanceof MailError) || !error.code.startsWith('AccessDenied')) throw error;
    return warning(
      'these keys may not ask SES how it is; they may still send',
      'allow ses:SendRawEmail, ses:GetSendQuota and ses:GetIdentityVerificationAttributes',
    );
  } finally {
    mailer.close();
  }
}

async function agents(patient: Patient): Promise<Finding | readonly Finding[]> {
  const { config, database: found } = patient;
  if (config.openclaw.kind === 'sandbox') return asTheProductSays(patient, 'agents');
  const keys = await encryptionKeys(config);
  // A gateway knows us by the key that all processes share, and an unknown one would have to be approved there.
  if (found.state !== 'open' || !found.migrated || keys === null)
    return warning('the gateway is asked once the database is there', 'npm start');
  const money = openMoney(found.url, log, 1);
  try {
    const deviceKey = await sharedSecret(money, keys, 'openclaw device', newDeviceKey);
    const { url, token, driver } = config.openclaw;
    const gateway = createAgents({ url, driver, token: token ?? '', deviceKey, clock: systemClock, log });
    try {
      await gateway.check();
      return [ok(`${new URL(url).host} answers, and has all agents`), ...(await sharing(patient, found))];
    } finally {
      await gateway.close();
    }
  } finally {
    await money.close();
  }
}

/** A sandbox runs inside the product, so nobody else can ask it. */
function asTheProductSays({ product: running, config }: Patient, part: 'storage' | 'agents'): Finding {
  if (!running) return ok(`a sandbox, which starts with the product`);
  const found = running.parts.find((each) => each.part === part);
  return found?.ok
    ? ok('a sandbox, and it answers')
    : failing(
        `the sandbox does not answer${found?.trouble === undefined ? '' : `: ${found.trouble}`}`,
        `npm start again; its data is in ${config.dataDir}`,
      );
}

function many(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}
