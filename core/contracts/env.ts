// Configuration in two steps: readEnv() takes strings from outside, readConfig() makes of them one frozen object, or
// says everything that is wrong at once. Values are never printed: a secret may stand in the wrong place.

import type { z } from 'zod';
import { credits } from '#core/domain/credits/credits.ts';
import type { Currency } from '#core/domain/credits/packs.ts';
import type { StartingCredits } from '#core/domain/credits/starting-credits.ts';
import { addressHere, isLoopbackHost } from '#core/domain/accounts/loopback.ts';
import { goodValue } from './good-values.ts';
import { isThisMachine, plainHost } from './plain-addresses.ts';
import { unsafe } from './production.ts';
import { roles, settingNames, settings, type Role, type SettingName } from './settings.ts';
import type { Problem, GivenSettings } from './config-problem.ts';

export interface Config {
  readonly production: boolean;
  readonly roles: readonly Role[];
  readonly dataDir: string;
  readonly database: Sandbox | (Real & { readonly url: string });
  /** null: the queue lives in PostgreSQL. */
  readonly redis: { readonly url: string } | null;
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** Proxies in front whose word for the caller's address is taken. */
    readonly trustProxy: number;
    /** null until the port is known, where PUBLIC_URL is not set. */
    readonly publicUrl: string | null;
    /** null: only this machine may read the numbers. */
    readonly metricsToken: string | null;
    /** Published in security.txt. */
    readonly securityContacts: readonly string[];
  };
  readonly log: { readonly level: LogLevel };
  readonly brand: { readonly name: string };
  /** As written: base64 or hexadecimal. null: made once and kept in dataDir. */
  readonly encryption: { readonly keys: readonly string[] } | null;
  readonly people: {
    readonly operatorEmails: readonly string[];
    readonly startingCredits: StartingCredits;
    /** Multiplies all rates of core/domain/asks/verb-rates.ts. */
    readonly rateLimitFactor: number;
    readonly leakedPasswordsUrl: string | null;
  };
  readonly slack: Off | Sandbox | (Real & SlackConfig);
  readonly discord: Off | Sandbox | (Real & DiscordConfig);
  /** What people can log in with: also where a bot is off, as in a process that only answers pages. null where it is not set up. */
  readonly logIn: {
    readonly slack: Pick<SlackConfig, 'install' | 'apiUrl'> | null;
    readonly discord: Pick<DiscordConfig, 'applicationId' | 'clientSecret' | 'apiUrl'> | null;
  };
  readonly openclaw: Sandbox | (Real & OpenclawConfig);
  readonly files: Sandbox | (Real & FilesConfig);
  readonly mail: Off | Sandbox | (Real & MailConfig);
  readonly stripe: Off | Sandbox | (Real & StripeConfig);
  readonly billing: BillingConfig;
}

/** A stand-in on loopback plays it. */
export interface Sandbox {
  readonly kind: 'sandbox';
}

/** The operator chose to run without it. */
export interface Off {
  readonly kind: 'off';
}

export interface Real {
  readonly kind: 'real';
}

export interface SlackConfig {
  /** null where workspaces install the bot themselves. */
  readonly botToken: string | null;
  readonly signingSecrets: readonly string[];
  readonly appToken: string | null;
  readonly install: { readonly clientId: string; readonly clientSecret: string } | null;
  readonly apiUrl: string | null;
}

export interface DiscordConfig {
  readonly token: string;
  readonly applicationId: string;
  readonly publicKey: string | null;
  readonly clientSecret: string | null;
  readonly apiUrl: string | null;
  readonly messageContent: boolean;
  readonly shards: number;
}

export interface OpenclawConfig {
  readonly url: string;
  readonly token: string | null;
  readonly driver: 'gateway' | 'spawn';
}

export interface FilesConfig {
  readonly bucket: string;
  readonly endpoint: string | null;
  readonly aws: AwsConfig;
}

export interface MailConfig {
  readonly from: string;
  readonly endpoint: string | null;
  readonly aws: AwsConfig;
}

export interface AwsConfig {
  readonly region: string;
  /** null: the SDK finds the machine's role. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } | null;
}

export interface StripeConfig {
  readonly secretKey: string;
  readonly webhookSecrets: readonly string[];
  readonly apiUrl: string | null;
}

/** How credits are sold, whoever plays Stripe. */
export interface BillingConfig {
  /** The first is the usual one. */
  readonly currencies: readonly [Currency, ...Currency[]];
  readonly tax: boolean;
  readonly promotionCodes: boolean;
  readonly managedPayments: boolean;
  /** Where people pay, where that is a domain of the account's own. */
  readonly checkoutOrigin: string | null;
  /** With a tax id. */
  readonly seller: string | null;
  readonly email: string | null;
}

export type LogLevel = NonNullable<Values['LOG_LEVEL']>;

/** Takes our settings out of an environment. Spaces around a value and empty values mean nothing. */
export function readEnv(env: Readonly<Record<string, string | undefined>>): GivenSettings {
  return Object.fromEntries(settingNames.flatMap((name) => (env[name]?.trim() ? [[name, env[name].trim()]] : [])));
}

/** Throws a ConfigError that names every wrong or missing setting. */
export function readConfig(given: GivenSettings): Config {
  const problems: Problem[] = [];
  const values = readValues(given, problems);
  problems.push(...missing(given, values.ROLES ?? roles));
  if (given.NODE_ENV === 'production') problems.push(...unsafe(given, problems));
  if (problems.length > 0) throw new ConfigError(problems, given);
  return freeze(assemble(values));
}

export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], given: GivenSettings) {
    super(
      [
        'These settings need mending:',
        ...problems.map(({ name, problem }) => `  ${name} ${problem}. A good value: ${goodValue(name, given)}`),
      ].join('\n'),
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

// --- Values.

type Values = { readonly [Name in SettingName]?: z.output<(typeof settings)[Name]['schema']> };

function readValues(given: GivenSettings, problems: Problem[]): Values {
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of settingNames) {
    if (given[name] === undefined) continue;
    const read = settings[name].schema.safeParse(given[name]);
    if (read.success) values[name] = read.data;
    else problems.push({ name, problem: read.error.issues[0]?.message ?? 'is not right' });
  }
  return values as Values;
}

// --- What must not be missing.

/** In production each of these is set, or the service is off. */
const services: Partial<Record<SettingName, string>> = {
  DATABASE_URL: 'must be set in production, where no sandbox stands in for PostgreSQL',
  ENCRYPTION_KEY: 'must be set in production, so that all processes share it',
  PUBLIC_URL: 'must be set in production, because links begin with it',
  OPENCLAW_URL: 'must be set in production, where no sandbox stands in for OpenClaw',
  S3_BUCKET: 'must be set in production, where no sandbox stands in for S3',
  SES_FROM: 'must be set in production, where no sandbox stands in for mail; or be off',
  STRIPE_SECRET_KEY: 'must be set in production, where no sandbox stands in for Stripe; or be off',
  SLACK_BOT_TOKEN: 'must be set in production, where no sandbox stands in for Slack; or be off',
  DISCORD_TOKEN: 'must be set in production, where no sandbox stands in for Discord; or be off',
  OPENCLAW_SHARED_GATEWAY:
    'must be accept in production: all teams share one gateway, so an agent that works for one team may reach the files of another',
  METRICS_TOKEN: 'must be set in production, where a proxy on the same machine would let everybody read the metrics',
};

/** Where only some roles need it: the ones that answer HTTP. */
const onlyFor: Partial<Record<SettingName, readonly Role[]>> = { METRICS_TOKEN: ['web', 'bots'] };
/** Nothing stands in for these. */
const notSandboxes: ReadonlySet<SettingName> = new Set(['ENCRYPTION_KEY', 'PUBLIC_URL', 'OPENCLAW_SHARED_GATEWAY', 'METRICS_TOKEN']);

/** The first needs one of the others. */
const companions: readonly (readonly [SettingName, ...SettingName[]])[] = [
  ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN'],
  ['SLACK_SIGNING_SECRET', 'SLACK_BOT_TOKEN', 'SLACK_CLIENT_ID'],
  ['SLACK_APP_TOKEN', 'SLACK_BOT_TOKEN', 'SLACK_CLIENT_ID'],
  ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET'],
  ['SLACK_CLIENT_ID', 'SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN'],
  ['SLACK_CLIENT_SECRET', 'SLACK_CLIENT_ID'],
  ['SLACK_API_URL', 'SLACK_BOT_TOKEN', 'SLACK_CLIENT_ID'],
  ['DISCORD_TOKEN', 'DISCORD_APPLICATION_ID'],
  ['DISCORD_APPLICATION_ID', 'DISCORD_TOKEN'],
  ['DISCORD_PUBLIC_KEY', 'DISCORD_TOKEN'],
  ['DISCORD_CLIENT_SECRET', 'DISCORD_TOKEN'],
  ['DISCORD_CLIENT_SECRET', 'DISCORD_APPLICATION_ID'],
  ['DISCORD_API_URL', 'DISCORD_TOKEN'],
  ['OPENCLAW_TOKEN', 'OPENCLAW_URL'],
  ['S3_ENDPOINT', 'S3_BUCKET'],
  ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  ['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'],
  ['SES_ENDPOINT', 'SES_FROM'],
  ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'],
  ['STRIPE_WEBHOOK_SECRET', 'STRIPE_SECRET_KEY'],
  ['STRIPE_API_URL', 'STRIPE_SECRET_KEY'],
];

function missing(given: GivenSettings, having: readonly Role[]): Problem[] {
  const problems = new Map<SettingName, string>();
  const isSet = (name: SettingName) => given[name] !== undefined;
  if (given.NODE_ENV === 'production') {
    for (const [name, problem] of Object.entries(services) as [SettingName, string][]) {
      const installedByOthers = name === 'SLACK_BOT_TOKEN' && isSet('SLACK_CLIENT_ID');
      const isNeeded = onlyFor[name]?.some((role) => having.includes(role)) ?? true;
      if (isNeeded && !isSet(name) && !installedByOthers) problems.set(name, problem);
    }
    const gateway = URL.parse(given.OPENCLAW_URL ?? '');
    if (gateway && !isThisMachine(plainHost(gateway.hostname)) && !isSet('OPENCLAW_TOKEN')) problems.set('OPENCLAW_TOKEN', tokenless);
  }
  const played = (Object.keys(services) as SettingName[]).filter(
    (name) => !notSandboxes.has(name) && !isSet(name) && !(name === 'SLACK_BOT_TOKEN' && isSet('SLACK_CLIENT_ID')),
  );
  if (given.HOST !== undefined && !isLoopbackHost(given.HOST) && given.NODE_ENV !== 'production' && played.length > 0)
    problems.set('HOST', `must be 127.0.0.1 while sandboxes are in use, or set all of these: ${played.join(', ')}`);
  for (const [name, ...others] of companions) {
    if (!isSet(name) || given[name] === 'off' || others.some(isSet)) continue;
    // Without the bot its client only logs people in.
    if (name === 'SLACK_CLIENT_ID' && given.SLACK_BOT_TOKEN === 'off' && others[0] !== 'SLACK_CLIENT_SECRET') continue;
    const either = others.length === 1 ? '' : ` (or ${others.slice(1).join(' or ')})`;
    if (!problems.has(others[0]!)) problems.set(others[0]!, `must be set${either}, because ${name} is`);
  }
  const spawning = given.OPENCLAW_DRIVER === 'spawn';
  if (given.OPENCLAW_URL !== undefined && URL.canParse(given.OPENCLAW_URL) && /^http/i.test(given.OPENCLAW_URL) !== spawning) {
    problems.set(
      'OPENCLAW_URL',
      spawning
        ? 'must begin with https:// or http:// where OPENCLAW_DRIVER is spawn'
        : 'must begin with wss:// or ws:// where OPENCLAW_DRIVER is gateway',
    );
  }
  return [...problems].map(([name, problem]) => ({ name, problem }));
}

const tokenless = 'must be set in production, where the gateway is on another machine; or be off where it asks for none';

// --- Groups. Everything is checked by now.

const sandbox: Sandbox = { kind: 'sandbox' };
const off: Off = { kind: 'off' };

function assemble(values: Values): Config {
  const aws: AwsConfig = { region: values.AWS_REGION ?? 'us-east-1', credentials: awsKeys(values) };
  const port = values.PORT ?? 3000;
  // A laptop's sandboxes are nobody else's business.
  const host = values.HOST ?? (values.NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1');
  return {
    production: values.NODE_ENV === 'production',
    roles: values.ROLES ?? roles,
    dataDir: values.DATA_DIR ?? '.data',
    database: values.DATABASE_URL === undefined ? sandbox : { kind: 'real', url: values.DATABASE_URL },
    redis: values.REDIS_URL === undefined ? null : { url: values.REDIS_URL },
    http: {
      host,
      port,
      trustProxy: values.TRUST_PROXY ?? 0,
      publicUrl: values.PUBLIC_URL ?? (port === 0 ? null : addressHere(host, port)),
      metricsToken: values.METRICS_TOKEN ?? null,
      securityContacts: values.SECURITY_CONTACT ?? [],
    },
    log: { level: values.LOG_LEVEL ?? 'info' },
    brand: { name: values.BRAND_NAME ?? 'Impacter' },
    encryption: values.ENCRYPTION_KEY === undefined ? null : { keys: values.ENCRYPTION_KEY },
    people: {
      operatorEmails: values.OPERATOR_EMAILS ?? [],
      startingCredits: { credits: values.STARTING_CREDITS ?? credits(50), dailyPeople: values.STARTING_CREDITS_DAILY_PEOPLE ?? 5 },
      rateLimitFactor: values.RATE_LIMIT_FACTOR ?? 1,
      leakedPasswordsUrl: values.LEAKED_PASSWORDS_URL ?? null,
    },
    slack: slack(values),
    discord: values.DISCORD_TOKEN === 'off' ? off : discord(values),
    logIn: { slack: slackLogIn(values), discord: discordLogIn(values) },
    openclaw:
      values.OPENCLAW_URL === undefined
        ? sandbox
        : { kind: 'real', url: values.OPENCLAW_URL, token: openclawToken(values), driver: values.OPENCLAW_DRIVER ?? 'gateway' },
    files: values.S3_BUCKET === undefined ? sandbox : { kind: 'real', bucket: values.S3_BUCKET, endpoint: values.S3_ENDPOINT ?? null, aws },
    mail:
      values.SES_FROM === 'off'
        ? off
        : values.SES_FROM === undefined
          ? sandbox
          : { kind: 'real', from: values.SES_FROM, endpoint: values.SES_ENDPOINT ?? null, aws },
    stripe: values.STRIPE_SECRET_KEY === 'off' ? off : stripe(values),
    billing: billing(values),
  };
}

function awsKeys({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN: sessionToken,
}: Values): AwsConfig['credentials'] {
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

function openclawToken({ OPENCLAW_TOKEN: token }: Values): string | null {
  return token === undefined || token === 'off' ? null : token;
}

function slack(values: Values): Config['slack'] {
  if (values.SLACK_BOT_TOKEN === 'off') return off;
  if (values.SLACK_BOT_TOKEN === undefined && values.SLACK_CLIENT_ID === undefined) return sandbox;
  return {
    kind: 'real',
    botToken: values.SLACK_BOT_TOKEN ?? null,
    signingSecrets: values.SLACK_SIGNING_SECRET ?? [],
    appToken: values.SLACK_APP_TOKEN ?? null,
    install: slackClient(values),
    apiUrl: values.SLACK_API_URL ?? null,
  };
}

function slackClient({ SLACK_CLIENT_ID: clientId, SLACK_CLIENT_SECRET: clientSecret }: Values): SlackConfig['install'] {
  return clientId === undefined ? null : { clientId, clientSecret: clientSecret! };
}

function slackLogIn(values: Values): Config['logIn']['slack'] {
  const install = slackClient(values);
  return install && { install, apiUrl: values.SLACK_API_URL ?? null };
}

function discordLogIn(values: Values): Config['logIn']['discord'] {
  const { DISCORD_APPLICATION_ID: applicationId, DISCORD_CLIENT_SECRET: clientSecret } = values;
  if (applicationId === undefined || clientSecret === undefined) return null;
  return { applicationId, clientSecret, apiUrl: values.DISCORD_API_URL ?? null };
}

function discord(values: Values): Config['discord'] {
  if (values.DISCORD_TOKEN === undefined) return sandbox;
  return {
    kind: 'real',
    token: values.DISCORD_TOKEN,
    applicationId: values.DISCORD_APPLICATION_ID!,
    publicKey: values.DISCORD_PUBLIC_KEY ?? null,
    clientSecret: values.DISCORD_CLIENT_SECRET ?? null,
    apiUrl: values.DISCORD_API_URL ?? null,
    messageContent: values.DISCORD_MESSAGE_CONTENT ?? false,
    shards: values.DISCORD_SHARDS ?? 1,
  };
}

function stripe(values: Values): Config['stripe'] {
  if (values.STRIPE_SECRET_KEY === undefined) return sandbox;
  return {
    kind: 'real',
    secretKey: values.STRIPE_SECRET_KEY,
    webhookSecrets: values.STRIPE_WEBHOOK_SECRET!,
    apiUrl: values.STRIPE_API_URL ?? null,
  };
}

function billing(values: Values): BillingConfig {
  const [usual = 'usd', ...others] = values.STRIPE_CURRENCIES ?? [];
  return {
    currencies: [usual, ...others],
    tax: values.STRIPE_TAX ?? false,
    promotionCodes: values.STRIPE_PROMOTION_CODES ?? false,
    managedPayments: values.STRIPE_MANAGED_PAYMENTS ?? false,
    checkoutOrigin: values.STRIPE_CHECKOUT_ORIGIN ?? null,
    seller: values.TERMS_SELLER ?? null,
    email: values.BILLING_EMAIL ?? null,
  };
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}
