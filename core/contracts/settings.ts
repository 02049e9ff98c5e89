// Every setting of the product: what it is for, what stands in for it, a good value, and how its text is read.
// The README's table is made from this list, so it cannot fall behind.

import { z } from 'zod';
import { asNumber, credits, MOST_CREDITS, showCredits } from '#core/domain/credits/credits.ts';
import { currencies } from '#core/domain/credits/packs.ts';
import { plainNote } from './plain-addresses.ts';

export interface Setting<Value = unknown> {
  readonly group: SettingGroup;
  /** Never printed, not even when it is wrong. */
  readonly secret: boolean;
  readonly purpose: string;
  /** What holds when it is not set, in words or as a value. */
  readonly unset: string;
  readonly example: string;
  readonly schema: z.ZodType<Value, string>;
}

export const settingGroups = ['The house', 'Slack', 'Discord', 'OpenClaw', 'Files', 'Mail', 'Stripe'] as const;
export type SettingGroup = (typeof settingGroups)[number];

export const roles = ['web', 'bots', 'worker'] as const;
export type Role = (typeof roles)[number];

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export const settings = {
  ...inGroup('The house', {
    NODE_ENV: {
      purpose: '`production` refuses to start with a sandbox',
      unset: 'development',
      example: 'production',
      schema: oneOf('production', 'development', 'test'),
    },
    DATABASE_URL: {
      secret: true,
      purpose: 'PostgreSQL 18',
      unset: 'embedded PostgreSQL in `DATA_DIR`',
      example: 'postgres://impacter:password@db:5432/impacter',
      schema: address('postgres', 'postgresql'),
    },
    REDIS_URL: {
      secret: true,
      purpose: 'Redis for the queue',
      unset: 'the queue lives in PostgreSQL',
      example: 'redis://:password@redis:6379',
      schema: address('redis', 'rediss'),
    },
    DATA_DIR: { purpose: 'where sandboxes keep their data', unset: '.data', example: '/var/lib/impacter', schema: z.string() },
    PORT: {
      purpose: 'the one port for everything over HTTP; 0 takes a free one',
      unset: '3000',
      example: '3000',
      schema: wholeNumber(0, 65_535),
    },
    HOST: {
      purpose: 'the address to listen on; while any sandbox is in use, only an address of this machine such as 127.0.0.1',
      unset: '127.0.0.1; all addresses in production',
      example: '0.0.0.0',
      schema: z.string().regex(/^[\w.:-]{1,253}$/, 'must be a host name or an address'),
    },
    TRUST_PROXY: { purpose: 'how many proxies in front say truly who is calling', unset: '0', example: '1', schema: wholeNumber(0, 9) },
    PUBLIC_URL: {
      purpose: 'where people reach the portal; links begin with it. Scheme, host and perhaps a port, nothing else',
      unset: 'http://localhost:`PORT`, or `HOST` where only that answers',
      example: 'https://work.example.com',
      schema: origin('https', 'http'),
    },
    ROLES: { purpose: 'what this process does', unset: 'web,bots,worker', example: 'web,bots', schema: list(oneOf(...roles)) },
    LOG_LEVEL: { purpose: 'the least important lines that are logged', unset: 'info', example: 'debug', schema: oneOf(...logLevels) },
    BRAND_NAME: {
      purpose: 'what the product calls itself',
      unset: 'Impacter',
      example: 'Impacter',
      schema: z.string().max(60, 'must have at most 60 characters'),
    },
    ENCRYPTION_KEY: {
      secret: true,
      purpose: 'seals secrets in the database and signs links; the first seals, all of them open',
      unset: 'made once and kept in `DATA_DIR`',
      example: 'the output of: openssl rand -base64 32',
      schema: list(key()),
    },
    OPERATOR_EMAILS: {
      purpose: 'who may see the operator’s pages, with two-factor on, and gets alarms',
      unset: 'nobody',
      example: 'ops@example.com,anna@example.com',
      schema: list(email()),
    },
    SECURITY_CONTACT: {
      purpose: 'where to report a security problem; published in `/.well-known/security.txt`',
      unset: 'nothing is published',
      example: 'mailto:security@example.com,https://example.com/report',
      schema: list(contact()),
    },
    METRICS_TOKEN: {
      secret: true,
      purpose:
        'lets its bearer read `/metrics` and the details of `/readyz`; must be set in production, since a proxy on this machine may hide that it is one',
      unset: 'only this machine may',
      example: 'the output of: openssl rand -hex 24',
      schema: z.string(),
    },
    STARTING_CREDITS: { purpose: 'credits a new person gets, once', unset: '50', example: '50', schema: someCredits() },
    STARTING_CREDITS_DAILY_PEOPLE: {
      purpose:
        'how many new people of one email domain get starting credits in a day; twice as many from one network, which is the only limit for public email providers',
      unset: '5',
      example: '5',
      schema: wholeNumber(1, 100_000),
    },
    RATE_LIMIT_FACTOR: {
      purpose: 'multiplies how often a person and a team may ask, cancel, upload and export; for load tests and very large teams',
      unset: '1',
      example: '4',
      schema: wholeNumber(1, 1_000),
    },
    LEAKED_PASSWORDS_URL: {
      purpose: 'where to ask whether a new password was leaked; it is told how its SHA-1 begins',
      unset: 'nobody is asked',
      example: 'https://api.pwnedpasswords.com',
      schema: address('https', 'http').transform((url) => url.replace(/\/+$/, '')),
    },
  }),
  ...inGroup('Slack', {
    SLACK_BOT_TOKEN: {
      secret: true,
      purpose: 'the bot of one workspace; `off` runs without Slack',
      unset: 'Slack sandbox',
      example: 'xoxb-your-bot-token',
      schema: offOr(beginningWith('xoxb-')),
    },
    SLACK_SIGNING_SECRET: {
      secret: true,
      purpose: 'proves that a request comes from Slack; several while it rotates',
      unset: 'none',
      example: '0123456789abcdef0123456789abcdef',
      schema: list(hex(32)),
    },
    SLACK_APP_TOKEN: {
      secret: true,
      purpose: 'Socket Mode, in place of requests to `/slack/events`',
      unset: 'none',
      example: 'xapp-your-app-token',
      schema: beginningWith('xapp-'),
    },
    SLACK_CLIENT_ID: {
      purpose: 'lets other workspaces install the bot, and people log in with Slack; where the bot is `off`, only the latter',
      unset: 'none',
      example: '1234567890.1234567890',
      schema: z.string().regex(/^\d+\.\d+$/, 'must be two numbers with a dot between them'),
    },
    SLACK_CLIENT_SECRET: {
      secret: true,
      purpose: 'belongs to `SLACK_CLIENT_ID`',
      unset: 'none',
      example: '0123456789abcdef0123456789abcdef',
      schema: hex(32),
    },
    SLACK_API_URL: {
      purpose: 'another address of the Slack API',
      unset: 'https://slack.com/api/',
      example: 'http://127.0.0.1:4010/api/',
      schema: address('https', 'http'),
    },
  }),
  ...inGroup('Discord', {
    DISCORD_TOKEN: {
      secret: true,
      purpose: 'the bot; `off` runs without Discord',
      unset: 'Discord sandbox',
      example: 'your.bot.token',
      schema: offOr(z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/, 'must be three parts with dots between them')),
    },
    DISCORD_APPLICATION_ID: {
      purpose: 'the app’s id',
      unset: 'none',
      example: '123456789012345678',
      schema: z.string().regex(/^\d{17,20}$/, 'must have 17 to 20 digits'),
    },
    DISCORD_PUBLIC_KEY: {
      purpose: 'proves that a request to `/discord/interactions` comes from Discord',
      unset: 'interactions come over the gateway',
      example: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      schema: hex(64),
    },
    DISCORD_CLIENT_SECRET: {
      secret: true,
      purpose: 'lets people log in with Discord, also where the bot is `off`',
      unset: 'nobody logs in with Discord',
      example: 'your-client-secret',
      schema: z.string(),
    },
    DISCORD_API_URL: {
      purpose: 'another address of the Discord API',
      unset: 'https://discord.com/api',
      example: 'http://127.0.0.1:4020/api',
      schema: address('https', 'http'),
    },
    DISCORD_MESSAGE_CONTENT: {
      purpose: 'whether the app has the message content intent',
      unset: 'false',
      example: 'true',
      schema: yesOrNo(),
    },
    DISCORD_SHARDS: {
      purpose: 'how many gateway connections the servers are divided among; the same for every process',
      unset: '1',
      example: '4',
      schema: wholeNumber(1, 1_000),
    },
  }),
  ...inGroup('OpenClaw', {
    OPENCLAW_URL: {
      purpose: 'the gateway of the agents',
      unset: 'OpenClaw sandbox',
      example: 'wss://agents.example.com',
      schema: address('wss', 'ws', 'https', 'http'),
    },
    OPENCLAW_TOKEN: {
      secret: true,
      purpose: 'the gateway’s token. Production requires it unless the gateway is on this machine; `off` for one that asks for none',
      unset: 'none',
      example: 'your-gateway-token',
      schema: offOr(z.string()),
    },
    OPENCLAW_SHARED_GATEWAY: {
      purpose:
        '`accept` says that you know what one gateway for all teams means: it is one trust domain, and an agent that works for one team may reach the files of another ([more](docs/operate.md#one-gateway-is-one-trust-domain)). Production does not start without it',
      unset: 'only development starts',
      example: 'accept',
      schema: oneOf('accept'),
    },
    OPENCLAW_DRIVER: {
      purpose: '`gateway` speaks its protocol, `spawn` posts to `/agent/spawn`',
      unset: 'gateway',
      example: 'gateway',
      schema: oneOf('gateway', 'spawn'),
    },
  }),
  ...inGroup('Files', {
    S3_BUCKET: {
      purpose: 'where files are kept',
      unset: 'S3 sandbox in `DATA_DIR`',
      example: 'impacter-files',
      schema: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be 3 to 63 lower-case letters, digits, dots and dashes'),
    },
    S3_ENDPOINT: { purpose: 'a store other than AWS', unset: 'AWS', example: 'https://s3.example.com', schema: address('https', 'http') },
    AWS_REGION: {
      purpose: 'for S3 and SES',
      unset: 'us-east-1',
      example: 'eu-central-1',
      schema: z.string().regex(/^[a-z0-9-]{2,40}$/, 'must be lower-case letters, digits and dashes'),
    },
    AWS_ACCESS_KEY_ID: {
      secret: true,
      purpose: 'for S3 and SES',
      unset: 'the machine’s role',
      example: 'AKIAYOURKEYID',
      schema: z.string().regex(/^\w{3,128}$/, 'must be letters and digits'),
    },
    AWS_SECRET_ACCESS_KEY: {
      secret: true,
      purpose: 'belongs to `AWS_ACCESS_KEY_ID`',
      unset: 'the machine’s role',
      example: 'your-secret-key',
      schema: z.string(),
    },
    AWS_SESSION_TOKEN: {
      secret: true,
      purpose: 'belongs to keys that are lent for a while',
      unset: 'none',
      example: 'your-session-token',
      schema: z.string(),
    },
  }),
  ...inGroup('Mail', {
    SES_FROM: {
      purpose: 'who our mails come from, an address that SES has verified; `off` sends none, and then nobody can sign up',
      unset: 'mail sandbox, read at the link printed at the start',
      example: 'hello@example.com',
      schema: offOr(email()),
    },
    SES_ENDPOINT: { purpose: 'another address of SES', unset: 'AWS', example: 'http://127.0.0.1:4030', schema: address('https', 'http') },
  }),
  ...inGroup('Stripe', {
    STRIPE_SECRET_KEY: {
      secret: true,
      purpose: 'takes payments; `off` sells nothing',
      unset: 'Stripe sandbox',
      example: 'sk_live_yourKey',
      schema: offOr(z.string().regex(/^[sr]k_\w+$/, 'must begin with sk_ or rk_')),
    },
    STRIPE_WEBHOOK_SECRET: {
      secret: true,
      purpose: 'proves that a webhook comes from Stripe; several while it rotates',
      unset: 'none',
      example: 'whsec_yourSecret',
      schema: list(beginningWith('whsec_')),
    },
    STRIPE_API_URL: {
      purpose: 'another address of the Stripe API',
      unset: 'https://api.stripe.com',
      example: 'http://127.0.0.1:4040',
      schema: address('https', 'http'),
    },
    STRIPE_CHECKOUT_ORIGIN: {
      purpose: 'where people pay, for an account with a domain of its own for checkouts',
      unset: 'https://checkout.stripe.com',
      example: 'https://pay.example.com',
      schema: origin('https', 'http'),
    },
    STRIPE_CURRENCIES: {
      purpose: `currencies for packs, default first: ${currencies.join(', ')}`,
      unset: 'usd',
      example: 'usd,eur',
      schema: list(oneOf(...currencies)),
    },
    STRIPE_TAX: {
      purpose: 'whether Stripe adds tax to checkouts; the account needs a tax registration',
      unset: 'false',
      example: 'true',
      schema: yesOrNo(),
    },
    STRIPE_PROMOTION_CODES: {
      purpose: 'whether people can enter promotion codes',
      unset: 'false',
      example: 'true',
      schema: yesOrNo(),
    },
    STRIPE_MANAGED_PAYMENTS: {
      purpose: 'whether Stripe is the seller; then it takes care of tax, and no card can be saved',
      unset: 'false',
      example: 'true',
      schema: yesOrNo(),
    },
    TERMS_SELLER: {
      purpose: 'who sells the credits, with a tax ID, as the terms and invoices name them',
      unset: 'not named',
      example: 'Example Ltd, VAT ID EX123456789',
      schema: z.string().max(200, 'must have at most 200 characters'),
    },
    BILLING_EMAIL: {
      purpose: 'where people write about payments and refunds',
      unset: 'not named',
      example: 'billing@example.com',
      schema: email(),
    },
  }),
};

export type SettingName = keyof typeof settings;
export const settingNames = Object.keys(settings) as SettingName[];

/** The table in the README. */
export function settingsTable(): string {
  return settingGroups
    .map((group) => {
      const lines = settingNames.filter((name) => settings[name].group === group).map((name) => line(name, settings[name]));
      return [`**${group}**`, '', '| setting | what it is for | when it is not set | a good value |', '|---|---|---|---|', ...lines].join(
        '\n',
      );
    })
    .join('\n\n');
}

function line(name: SettingName, { purpose, unset, example, secret }: Setting): string {
  return `| \`${name}\`${secret ? ' (secret)' : ''} | ${purpose}${plainNote(name)} | ${unset} | ${example} |`;
}

// --- How a setting's text is read. Messages go on after the setting's name, and never hold the value.

type WithoutGroup<Each> = Omit<Each, 'group' | 'secret'> & { readonly secret?: boolean };

function inGroup<Members extends Record<string, WithoutGroup<Setting>>>(group: SettingGroup, members: Members) {
  const entries = Object.entries(members).map(([name, member]) => [name, { secret: false, ...member, group }]);
  return Object.fromEntries(entries) as { readonly [Name in keyof Members]: Setting<z.output<Members[Name]['schema']>> };
}

function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(words, { error: `must be ${words.join(', ').replace(/, ([^,]+)$/, ' or $1')}` });
}

/** Comma separated; spaces around the commas are fine. */
function list<Value>(member: z.ZodType<Value, string>) {
  return z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(member).min(1, 'must not be an empty list'));
}

/** Its scheme becomes lower case: ioredis takes REDISS:// for an address without TLS, and what has no // for a host name. */
function address(...protocols: string[]) {
  const wanted = protocols.map((protocol) => `${protocol}://`).join(' or ');
  const begins = new RegExp(`^(${protocols.join('|')})://[^\\p{Cc}]*$`, 'iu');
  return z
    .string()
    .refine((text) => begins.test(text) && URL.canParse(text), `must be an address that begins with ${wanted}`)
    .transform((text) => text.replace(/^\w+/, (scheme) => scheme.toLowerCase()));
}

/** Links are made by putting a path behind it. What would stand between, or come before the host, breaks them or is told by them. */
function origin(...protocols: string[]) {
  return address(...protocols)
    .refine(
      (text) => !/[@?#]/.test(text) && new URL(text).pathname === '/',
      'must be an origin: scheme, host and perhaps a port, without a user, a password, a path, a query or a fragment',
    )
    .transform((text) => new URL(text).origin);
}

function wholeNumber(least: number, most: number) {
  const problem = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, problem)
    .transform(Number)
    .pipe(z.int().min(least, problem).max(most, problem));
}

function yesOrNo() {
  return oneOf('true', 'false').transform((text) => text === 'true');
}

function email() {
  return z.string().regex(/^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/, 'must be an email address');
}

/** As RFC 9116 writes it. */
function contact() {
  return z
    .string()
    .regex(/^(mailto:[^\s@]+@[^\s@]+\.[^\s@]+|https:\/\/[^\s/]+\S*)$/, 'must be addresses that begin with mailto: or https://');
}

function beginningWith(start: string) {
  return z
    .string()
    .refine((text) => text.startsWith(start) && /^[\x21-\x7e]+$/.test(text) && text.length > start.length, `must begin with ${start}`);
}

function hex(length: number) {
  return z.string().regex(new RegExp(`^[0-9a-fA-F]{${length}}$`), `must have ${length} hexadecimal digits`);
}

/** 32 bytes as base64 (also with the letters of addresses, as in `sandbox-keys.json`) or hexadecimal. */
function key() {
  return z
    .string()
    .refine(
      (text) => /^[0-9a-fA-F]{64}$/.test(text) || /^[\w+/-]{43}=?$/.test(text),
      'must be 32 bytes as base64 or as 64 hexadecimal digits',
    );
}

function someCredits() {
  return z
    .string()
    .regex(/^\d{1,10}(?:\.\d{1,6})?$/, 'must be a number of credits with at most six decimals')
    .refine((text) => Number(text) <= asNumber(MOST_CREDITS), `must be at most ${showCredits(MOST_CREDITS)}`)
    .transform((text) => credits(Number(text)));
}

/** A service that one may choose to run without. */
function offOr<Value>(schema: z.ZodType<Value, string>) {
  return z.string().transform((text, context): Value | 'off' => {
    if (text === 'off') return text;
    const read = schema.safeParse(text);
    if (read.success) return read.data;
    context.addIssue(`${read.error.issues[0]?.message ?? 'is not right'}, or be off`);
    return z.NEVER;
  });
}
