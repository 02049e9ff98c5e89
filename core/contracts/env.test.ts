import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, readEnv } from './env.ts';
import { settingNames, settings, settingsTable } from './settings.ts';
import type { GivenSettings } from './config-problem.ts';

function problemsOf(given: GivenSettings): Record<string, string> {
  try {
    readConfig(given);
    return {};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ name, problem }) => [name, problem]));
  }
}

const secret = 'c2b8e1f04d7a9653';
const key = 'Zk3q8Vb1xT6mYw0LhJr4uNcE7sPdQ2aGfI9oKzXv5B0=';
const production: GivenSettings = {
  NODE_ENV: 'production',
  DATABASE_URL: `postgres://impacter:${secret}@db:5432/impacter`,
  ENCRYPTION_KEY: key,
  METRICS_TOKEN: secret,
  PUBLIC_URL: 'https://work.example.com',
  OPENCLAW_URL: 'wss://agents.example.com',
  OPENCLAW_TOKEN: secret,
  OPENCLAW_SHARED_GATEWAY: 'accept',
  S3_BUCKET: 'impacter-files',
  SES_FROM: 'off',
  STRIPE_SECRET_KEY: 'off',
  SLACK_BOT_TOKEN: 'off',
  DISCORD_TOKEN: 'off',
};

describe('on a laptop', () => {
  test('nothing needs to be set: every outside service is played by a sandbox', () => {
    expect(readConfig({})).toEqual({
      production: false,
      roles: ['web', 'bots', 'worker'],
      dataDir: '.data',
      database: { kind: 'sandbox' },
      redis: null,
      http: {
        host: '127.0.0.1',
        port: 3000,
        trustProxy: 0,
        publicUrl: 'http://localhost:3000',
        metricsToken: null,
        securityContacts: [],
      },
      log: { level: 'info' },
      brand: { name: 'Impacter' },
      encryption: null,
      people: {
        operatorEmails: [],
        startingCredits: { credits: 50_000_000n, dailyPeople: 5 },
        rateLimitFactor: 1,
        leakedPasswordsUrl: null,
      },
      slack: { kind: 'sandbox' },
      discord: { kind: 'sandbox' },
      logIn: { slack: null, discord: null },
      openclaw: { kind: 'sandbox' },
      files: { kind: 'sandbox' },
      mail: { kind: 'sandbox' },
      stripe: { kind: 'sandbox' },
      billing: {
        currencies: ['usd'],
        tax: false,
        promotionCodes: false,
        managedPayments: false,
        checkoutOrigin: null,
        seller: null,
        email: null,
      },
    });
  });

  test('a free port is taken with PORT=0, and the public address is known later', () => {
    expect(readConfig({ PORT: '0' }).http).toMatchObject({ port: 0, publicUrl: null });
  });

  test.each([
    ['127.0.0.1', 'http://localhost:3000'],
    ['localhost', 'http://localhost:3000'],
    ['LOCALHOST', 'http://localhost:3000'],
    ['127.0.0.2', 'http://127.0.0.2:3000'],
    ['::1', 'http://[::1]:3000'],
  ])('links lead to where the product answers with HOST=%s', (HOST, publicUrl) => {
    expect(readConfig({ HOST }).http).toMatchObject({ host: HOST, publicUrl });
  });

  test('spaces around a value and empty values mean nothing', () => {
    expect(readEnv({ PORT: ' 4000\n', BRAND_NAME: '', REDIS_URL: '   ', HOME: '/root' })).toEqual({ PORT: '4000' });
  });

  test('the configuration cannot be changed afterwards', () => {
    const config = readConfig({});
    expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError);
    expect(() => (config.roles as string[]).push('web')).toThrow(TypeError);
  });
});

describe('in production', () => {
  test('a missing outside service is an error that names itself, never a sandbox', () => {
    expect(Object.keys(problemsOf({ NODE_ENV: 'production' })).toSorted()).toEqual([
      'DATABASE_URL',
      'DISCORD_TOKEN',
      'ENCRYPTION_KEY',
      'METRICS_TOKEN',
      'OPENCLAW_SHARED_GATEWAY',
      'OPENCLAW_URL',
      'PUBLIC_URL',
      'S3_BUCKET',
      'SES_FROM',
      'SLACK_BOT_TOKEN',
      'STRIPE_SECRET_KEY',
    ]);
  });

  test('what nobody wants is off, not played', () => {
    const { database, mail, stripe, slack, discord, files } = readConfig(production);
    expect([database.kind, files.kind]).toEqual(['real', 'real']);
    expect([mail.kind, stripe.kind, slack.kind, discord.kind]).toEqual(['off', 'off', 'off', 'off']);
  });

  test('Slack without one workspace’s token is installed by the workspaces themselves', () => {
    const { slack } = readConfig({
      ...production,
      SLACK_BOT_TOKEN: undefined,
      SLACK_CLIENT_ID: '12.34',
      SLACK_CLIENT_SECRET: `${secret}9b1d`.repeat(2).slice(0, 32),
      SLACK_SIGNING_SECRET: `${secret}4e07c9d2a6b8f135`,
    });
    expect(slack).toMatchObject({ kind: 'real', botToken: null, install: { clientId: '12.34' } });
  });
});

describe('a wrong value', () => {
  test('names itself, says what is wrong and shows a good one, all wrong ones at once', () => {
    expect(() => readConfig({ PORT: '30x0', ROLES: 'web,cook', OPERATOR_EMAILS: 'anna', STARTING_CREDITS: '1.1234567' })).toThrow(
      [
        'These settings need mending:',
        '  PORT must be a whole number from 0 to 65535. A good value: 3000',
        '  ROLES must be web, bots or worker. A good value: web,bots',
        '  OPERATOR_EMAILS must be an email address. A good value: ops@example.com,anna@example.com',
        '  STARTING_CREDITS must be a number of credits with at most six decimals. A good value: 50',
      ].join('\n'),
    );
  });

  test.each<[GivenSettings, Record<string, string>]>([
    [{ PORT: '65536' }, { PORT: 'must be a whole number from 0 to 65535' }],
    [{ DATABASE_URL: 'mysql://db' }, { DATABASE_URL: 'must be an address that begins with postgres:// or postgresql://' }],
    [{ DATABASE_URL: 'db:5432' }, { DATABASE_URL: 'must be an address that begins with postgres:// or postgresql://' }],
    [{ ENCRYPTION_KEY: 'short' }, { ENCRYPTION_KEY: 'must be 32 bytes as base64 or as 64 hexadecimal digits' }],
    [{ ROLES: ' , ' }, { ROLES: 'must not be an empty list' }],
    [{ DISCORD_MESSAGE_CONTENT: 'yes' }, { DISCORD_MESSAGE_CONTENT: 'must be true or false' }],
    [{ DISCORD_SHARDS: '0' }, { DISCORD_SHARDS: 'must be a whole number from 1 to 1000' }],
    [{ STARTING_CREDITS: '9999999999' }, { STARTING_CREDITS: 'must be at most 1,000,000,000' }],
    [{ STARTING_CREDITS: '-1' }, { STARTING_CREDITS: 'must be a number of credits with at most six decimals' }],
    [{ NODE_ENV: 'prod' }, { NODE_ENV: 'must be production, development or test' }],
    [{ STRIPE_SECRET_KEY: 'pk_live_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' }, { STRIPE_SECRET_KEY: 'must begin with sk_ or rk_, or be off' }],
    [{ SES_FROM: 'anna' }, { SES_FROM: 'must be an email address, or be off' }],
    [{ S3_BUCKET: 'My Files' }, { S3_BUCKET: 'must be 3 to 63 lower-case letters, digits, dots and dashes' }],
  ])('%j', (given, problems) => {
    expect(problemsOf(given)).toEqual(problems);
  });

  test.each<[GivenSettings, Record<string, string>]>([
    [{ SLACK_BOT_TOKEN: 'xoxb-1' }, { SLACK_SIGNING_SECRET: 'must be set (or SLACK_APP_TOKEN), because SLACK_BOT_TOKEN is' }],
    [{ STRIPE_SECRET_KEY: 'sk_test_1' }, { STRIPE_WEBHOOK_SECRET: 'must be set, because STRIPE_SECRET_KEY is' }],
    [{ DISCORD_TOKEN: 'a.b.c' }, { DISCORD_APPLICATION_ID: 'must be set, because DISCORD_TOKEN is' }],
    [{ AWS_ACCESS_KEY_ID: 'AKIA1' }, { AWS_SECRET_ACCESS_KEY: 'must be set, because AWS_ACCESS_KEY_ID is' }],
    [{ OPENCLAW_TOKEN: 'x' }, { OPENCLAW_URL: 'must be set, because OPENCLAW_TOKEN is' }],
    [{ OPENCLAW_URL: 'https://a.example.com' }, { OPENCLAW_URL: 'must begin with wss:// or ws:// where OPENCLAW_DRIVER is gateway' }],
    [
      { OPENCLAW_URL: 'wss://a.example.com', OPENCLAW_DRIVER: 'spawn' },
      { OPENCLAW_URL: 'must begin with https:// or http:// where OPENCLAW_DRIVER is spawn' },
    ],
  ])('half a group is told which half is missing: %j', (given, problems) => {
    expect(problemsOf(given)).toEqual(problems);
  });

  test('is never printed, since a secret may stand in the wrong place', () => {
    const wrong = Object.fromEntries(settingNames.map((name) => [name, 'hunter2 ,; hunter2'])) as GivenSettings;
    expect(() => readConfig(wrong)).toThrow(/PORT/);
    expect(() => readConfig(wrong)).not.toThrow(/hunter2/);
  });
});

describe('a good value', () => {
  // Those of secrets are samples, which production refuses (production.test.ts).
  const examples = {
    ...Object.fromEntries(settingNames.map((name) => [name, settings[name].example])),
    NODE_ENV: 'development',
    ENCRYPTION_KEY: key,
  } as GivenSettings;

  test('is what each setting shows as its example', () => {
    expect(problemsOf(examples)).toEqual({});
  });

  test('of a secret that rotates is a list, newest first', () => {
    const { slack, stripe, encryption } = readConfig({
      ...examples,
      ENCRYPTION_KEY: `${'ab'.repeat(32)}, ${'cd'.repeat(32)}`,
      SLACK_SIGNING_SECRET: `${'12'.repeat(16)} ,${'34'.repeat(16)}`,
      STRIPE_WEBHOOK_SECRET: 'whsec_new,whsec_old',
    });
    expect(encryption?.keys).toEqual(['ab'.repeat(32), 'cd'.repeat(32)]);
    expect(slack).toMatchObject({ signingSecrets: ['12'.repeat(16), '34'.repeat(16)] });
    expect(stripe).toMatchObject({ webhookSecrets: ['whsec_new', 'whsec_old'] });
  });

  test('of the encryption key is also the one that a laptop made for itself, so that its database can move', () => {
    const made = Buffer.alloc(32, 0xfb).toString('base64url');
    expect(made).toMatch(/[-_]/);
    expect(readConfig({ ENCRYPTION_KEY: made }).encryption?.keys).toEqual([made]);
  });

  test('of an address loses the slash at its end, since links are put behind it', () => {
    expect(readConfig({ PUBLIC_URL: 'https://work.example.com/' }).http.publicUrl).toBe('https://work.example.com');
  });
});

describe('the table in the README', () => {
  test('has every setting with what it is for and a good value, and marks the secrets', () => {
    const table = settingsTable();
    for (const name of settingNames) expect(table).toContain(`\`${name}\``);
    expect(table).toContain('| `PORT` | the one port for everything over HTTP; 0 takes a free one | 3000 | 3000 |');
    expect(table).toContain('| `STRIPE_SECRET_KEY` (secret) |');
  });

  test('knows every setting that the product promises', () => {
    const promised =
      `DATABASE_URL REDIS_URL DATA_DIR PORT PUBLIC_URL ROLES LOG_LEVEL BRAND_NAME ENCRYPTION_KEY OPERATOR_EMAILS STARTING_CREDITS
      SLACK_BOT_TOKEN SLACK_SIGNING_SECRET SLACK_APP_TOKEN SLACK_CLIENT_ID SLACK_CLIENT_SECRET SLACK_API_URL
      DISCORD_TOKEN DISCORD_APPLICATION_ID DISCORD_PUBLIC_KEY DISCORD_CLIENT_SECRET DISCORD_API_URL DISCORD_MESSAGE_CONTENT
      DISCORD_SHARDS       OPENCLAW_URL OPENCLAW_TOKEN OPENCLAW_DRIVER S3_BUCKET S3_ENDPOINT AWS_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
      SES_FROM SES_ENDPOINT STRIPE_SECRET_KEY STRIPE_WEBHOOK_SECRET STRIPE_API_URL`.split(/\s+/);
    expect(promised.filter((name) => !(name in settings))).toEqual([]);
  });
});
