// Production refuses what an attacker would try first: an address that anybody on the way can read, and a secret that anybody
// can guess. Each test goes through the whole table of settings, so that a new one has to say what holds for it.
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { expectWarning } from '#core/testing/runner/warnings.ts';
import { ConfigError, readConfig } from './env.ts';
import { plainAddresses } from './plain-addresses.ts';
import { settingNames, settings, type SettingName } from './settings.ts';
import { judgedSecrets, type JudgedSecret } from './weak-secrets.ts';
import type { GivenSettings } from './config-problem.ts';

const hex = '8f3b0c6e91d7a2455e0fb8c3d914a67b2c90ef1834d5b6a7';
const hex32 = hex.slice(0, 32);
const strong: Record<JudgedSecret, string> = {
  DATABASE_URL: `postgres://impacter:${hex}@postgres:5432/impacter`,
  REDIS_URL: `redis://:${hex}@redis:6379`,
  ENCRYPTION_KEY: 'Zk3q8Vb1xT6mYw0LhJr4uNcE7sPdQ2aGfI9oKzXv5B0=',
  METRICS_TOKEN: hex,
  SLACK_BOT_TOKEN: `xoxb-${hex}`,
  SLACK_SIGNING_SECRET: hex32,
  SLACK_APP_TOKEN: `xapp-${hex}`,
  SLACK_CLIENT_SECRET: hex32,
  DISCORD_TOKEN: `MTA0.${hex}.x1`,
  DISCORD_CLIENT_SECRET: hex32,
  OPENCLAW_TOKEN: hex,
  AWS_ACCESS_KEY_ID: 'impacter',
  AWS_SECRET_ACCESS_KEY: hex,
  AWS_SESSION_TOKEN: hex,
  STRIPE_SECRET_KEY: `sk_live_${hex}`,
  STRIPE_WEBHOOK_SECRET: `whsec_${hex}`,
};

/** Long enough, and yet among the first that somebody tries. */
const thoughtOf = [
  'qwertyuiopasdfghjklzxcvbnm',
  'QWERTYUIOPasdfghjklZXCVBNM',
  '1q2w3e4r5t6y7u8i9o0p',
  'abcdefghijklmnopqrstuvwxyz',
  'zyxwvutsrqponmlkjihgfedcba98',
  'metricsmetricsmetrics1234',
  'Metrics-Metrics-Metrics-1',
  'metrics1metrics2metrics3',
  'tangerine2026tangerine',
  'impactermetricstoken2026',
  'letmein-letmein-letmein',
  'P4ssw0rd-P4ssw0rd-2026',
  'admin-secret-welcome-2026',
];

/** Shapes that the setting takes, and nobody should. */
const weak: Record<JudgedSecret, readonly string[]> = {
  DATABASE_URL: [
    'postgres://impacter:password@db/x',
    'postgres://impacter:a@db/x',
    'postgres://impacter:aaaaaaaaaaaaaaaaaaaa@db/x',
    'postgres://impacter:postgres-database-2026@db/x',
    ...thoughtOf.map((each) => `postgres://impacter:${each}@db/x`),
  ],
  REDIS_URL: [
    'redis://redis:6379',
    'redis://:x@redis:6379',
    'redis://:password@redis:6379',
    ...thoughtOf.map((each) => `redis://:${each}@redis`),
  ],
  ENCRYPTION_KEY: [
    '0'.repeat(64),
    Buffer.alloc(32).toString('base64'),
    Buffer.alloc(32, 7).toString('base64'),
    'ab'.repeat(32),
    Buffer.from(Array.from({ length: 32 }, (_, byte) => byte)).toString('base64'),
    Buffer.from('correct horse battery staple bat').toString('base64'),
    `${Buffer.alloc(32).toString('base64')},${strong.ENCRYPTION_KEY}`,
  ],
  METRICS_TOKEN: [
    'x',
    'metrics',
    'aaaaaaaaaaaaaaaaaaaaaaaa',
    'abcabcabcabcabcabcabc',
    'a-password-to-metrics',
    'your-metrics-token',
    ...thoughtOf,
  ],
  SLACK_BOT_TOKEN: ['xoxb-1', 'xoxb-aaaaaaaaaaaaaaaaaaaaaaaa'],
  SLACK_SIGNING_SECRET: ['0'.repeat(32), 'ab'.repeat(16), `${hex32},${'0'.repeat(32)}`],
  SLACK_APP_TOKEN: ['xapp-1', 'xapp-0000000000000000000'],
  SLACK_CLIENT_SECRET: ['f'.repeat(32)],
  DISCORD_TOKEN: ['a.b.c'],
  DISCORD_CLIENT_SECRET: ['x', 'changeme-changeme-please'],
  OPENCLAW_TOKEN: ['x', 'gateway', '0000000000000000', 'openclaw-gateway-token', ...thoughtOf],
  AWS_ACCESS_KEY_ID: [],
  AWS_SECRET_ACCESS_KEY: ['minioadmin', 'password12345678', ...thoughtOf],
  AWS_SESSION_TOKEN: ['x'],
  STRIPE_SECRET_KEY: ['sk_live_1', 'sk_test_0000000000000000'],
  STRIPE_WEBHOOK_SECRET: ['whsec_1', `whsec_${hex},whsec_1`],
};

const production: GivenSettings = {
  NODE_ENV: 'production',
  ...strong,
  PUBLIC_URL: 'https://work.example.com',
  OPENCLAW_URL: 'wss://agents.example.com',
  OPENCLAW_SHARED_GATEWAY: 'accept',
  S3_BUCKET: 'impacter-files',
  SES_FROM: 'hello@example.com',
  SLACK_CLIENT_ID: '12.34',
  DISCORD_APPLICATION_ID: '123456789012345678',
};

function problemsOf(given: GivenSettings): Record<string, string> {
  try {
    readConfig(given);
    return {};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ name, problem }) => [name, problem]));
  }
}

/** The problem of one setting, and that there is no other. */
function problemOf(name: SettingName, value: string): string | undefined {
  const { [name]: own, ...others } = problemsOf({ ...production, [name]: value });
  expect(others).toEqual({});
  return own;
}

test('production starts with random secrets and encrypted addresses', () => {
  expect(problemsOf(production)).toEqual({});
});

describe('a secret', () => {
  const secrets = settingNames.filter((name) => settings[name].secret);

  test('of whatever setting has a rule', () => {
    expect(judgedSecrets.toSorted()).toEqual(secrets.toSorted());
  });

  test.each(judgedSecrets)(
    'in the place of %s that stands in our documents or can be guessed is refused by name, and is not repeated',
    (name) => {
      for (const value of [settings[name].example, ...weak[name]]) {
        expect([value, problemOf(name, value)]).toEqual([value, expect.stringMatching(/must/) as string]);
        if (value.length > 3) expect(problemOf(name, value)).not.toContain(value);
      }
      expect(problemOf(name, strong[name])).toBeUndefined();
    },
  );

  test.each(judgedSecrets)('in the place of %s may be a sample on a laptop', (name) => {
    for (const value of weak[name]) expect(problemsOf({ ...production, NODE_ENV: 'development', [name]: value })[name]).toBeUndefined();
  });

  test('that is random is never taken for a weak one', () => {
    for (let times = 0; times < 1_000; times++) {
      const random = crypto.getRandomValues(new Uint8Array(32));
      const key = Buffer.from(random);
      const given = {
        ...production,
        ENCRYPTION_KEY: key.toString('base64'),
        METRICS_TOKEN: key.toString('hex', 0, 24),
        OPENCLAW_TOKEN: key.toString('base64url', 0, 12),
        // Of shorter ones, some in a thousand million would have fewer than five different digits.
        DISCORD_CLIENT_SECRET: key.toString('hex', 0, 10),
        AWS_SECRET_ACCESS_KEY: key.toString('base64', 0, 30),
        REDIS_URL: `redis://:${Array.from(random.subarray(0, 20), (byte) => (byte % 26) + 10)
          .map((at) => at.toString(36))
          .join('')}@redis`,
      };
      expect(problemsOf(given)).toEqual({});
    }
    // Seldom, but random: few different digits.
    expect(problemsOf({ ...production, METRICS_TOKEN: 'c041a40cac1404aa' })).toEqual({});
  });

  test('for the gateway is needed unless the gateway is on this machine, or asks for none', () => {
    const problem = (OPENCLAW_URL: string, OPENCLAW_TOKEN?: string) =>
      problemsOf({ ...production, OPENCLAW_URL, OPENCLAW_TOKEN })['OPENCLAW_TOKEN'];
    for (const url of ['wss://agents.example.com', 'ws://agents.local:18789', 'ws://10.0.0.7', 'ws://127.0.0.1.example.com'])
      expect([url, problem(url)]).toEqual([
        url,
        'must be set in production, where the gateway is on another machine; or be off where it asks for none',
      ]);
    for (const url of ['ws://127.0.0.1:18789', 'ws://localhost:18789', 'ws://[::1]:18789'])
      expect([url, problem(url)]).toEqual([url, undefined]);
    expect(problem('wss://agents.example.com', 'off')).toBeUndefined();
    expect(readConfig({ ...production, OPENCLAW_TOKEN: 'off' }).openclaw).toMatchObject({ kind: 'real', token: null });
  });

  test('that was weak can be rotated away: an old encryption key still opens, and only the first one seals', () => {
    expect(problemOf('ENCRYPTION_KEY', `${strong.ENCRYPTION_KEY},${'0'.repeat(64)}`)).toBeUndefined();
  });

  test('is needed where a password was left out for Redis, and not where PostgreSQL knows us by a certificate', () => {
    expect(problemOf('REDIS_URL', 'redis://redis:6379')).toBe('must hold a password in production');
    expect(problemOf('DATABASE_URL', 'postgres://impacter@db/impacter')).toBeUndefined();
  });

  test('for the metrics is needed by the roles that answer HTTP', () => {
    const problems = (ROLES: string) => Object.keys(problemsOf({ ...production, METRICS_TOKEN: undefined, ROLES }));
    expect(problems('web')).toEqual(['METRICS_TOKEN']);
    expect(problems('bots')).toEqual(['METRICS_TOKEN']);
    expect(problems('worker')).toEqual([]);
  });
});

describe('an address', () => {
  const names = Object.keys(plainAddresses) as (keyof typeof plainAddresses)[];
  const plain = { DATABASE_URL: 'postgres', REDIS_URL: 'redis', OPENCLAW_URL: 'ws' } as const;
  const encrypted = { DATABASE_URL: 'postgres', REDIS_URL: 'rediss', OPENCLAW_URL: 'wss' } as const;
  const isOrigin = (name: string) => name === 'PUBLIC_URL' || name === 'STRIPE_CHECKOUT_ORIGIN';
  const addressOf = (name: (typeof names)[number], host: string, schemes: Readonly<Record<string, string>>, fallback: string) => {
    const credentials = name === 'REDIS_URL' ? `:${hex}@` : name === 'DATABASE_URL' ? `impacter:${hex}@` : '';
    return `${schemes[name] ?? fallback}://${credentials}${host}${isOrigin(name) ? '' : '/x'}${name === 'DATABASE_URL' && schemes === encrypted ? '?sslmode=verify-full' : ''}`;
  };
  const outside = [
    'example.com',
    'EXAMPLE.com.',
    '203.0.113.7',
    '172.32.0.1',
    '100.128.0.1',
    '[2001:db8::1]',
    'localhost.example.com',
    'notlocalhost.com',
    'internal.example.com',
    '10.0.0.1.example.com',
  ];
  const here = ['localhost', 'LOCALHOST', 'localhost.', '127.0.0.1:4010', '127.9.9.9', '[::1]:4010', 'store.localhost:8333'];
  const near = [
    'redis',
    'agents.local',
    'db.internal',
    '10.1.2.3',
    '172.16.0.9',
    '192.168.1.2',
    '100.64.0.1',
    '[fd00::1]',
    'nas.home.arpa',
  ];

  test('of whatever setting has a rule, and the table in the README says it and why', () => {
    const addresses = settingNames.filter((name) => /^\w+:\/\//.test(settings[name].example));
    expect(names.toSorted()).toEqual(addresses.toSorted());
  });

  test.each(names)('in %s that leaves this machine or its network without encryption is refused by name', (name) => {
    const { to } = plainAddresses[name];
    for (const host of [...outside, ...(to === 'this machine' ? near : [])])
      expect([host, problemOf(name, addressOf(name, host, plain, 'http'))]).toEqual([
        host,
        expect.stringMatching(/^must be encrypted in production/) as string,
      ]);
    for (const host of outside) expect([host, problemOf(name, addressOf(name, host, encrypted, 'https'))]).toEqual([host, undefined]);
    for (const host of [...here, ...(to === 'a host in a private network' ? near : [])])
      expect([host, problemOf(name, addressOf(name, host, plain, 'http'))]).toEqual([host, undefined]);
  });

  test.each([
    'localhost/x?host=db.example.com',
    'localhost/x?host=10.0.0.1&host=db.example.com',
    'localhost/x?h%6Fst=db.example.com',
    'localhost/x?host=%64b.example.com',
    'localhost/x?host=10.0.0.1,db.example.com',
    'db.example.com/x?HOST=10.0.0.1',
    'DB.EXAMPLE.COM/x',
    'db.example.com/x?sslmode=disable',
    'db.example.com/x?sslmode=prefer&uselibpqcompat=true',
    'db.example.com/x?sslmode=no-verify',
    'db.example.com/x?sslmode=verify-full&sslmode=disable',
    'db.example.com/x?sslmode=verify-full&%73slmode=disable',
    'db.example.com/x?SSLMODE=verify-full',
    'db.example.com/x?ssl=true&sslmode=disable',
    'db.example.com/x?ssl=true&ssl=0',
    'db.example.com/x?ssl=TRUE',
    'db.example.com/x?uselibpqcompat=true&sslmode=require',
    'db.example.com/x?uselibpqcompat=true&sslmode=verify-full&sslmode=require',
  ])('of PostgreSQL that its client would ask without proven encryption is refused: %s', (rest) => {
    expect(problemOf('DATABASE_URL', `postgres://impacter:${hex}@${rest}`)).toMatch(/^must be encrypted in production/);
    expect(problemOf('DATABASE_URL', `POSTGRESQL://impacter:${hex}@${rest}`)).toMatch(/^must be encrypted in production/);
  });

  test.each([
    'ignored.example.com/x?host=/var/run/postgresql',
    'db.example.com/x?host=10.0.0.5',
    'db.example.com/x?host=db.example.com&host=10.0.0.5',
    'db.example.com/x?sslmode=disable&sslmode=verify-full',
    'db.example.com/x?sslmode=verify-full&uselibpqcompat=true',
    'db.example.com/x?sslmode=VERIFY-FULL',
    'db.example.com/x?ssl=true',
    'db.example.com/x?sslnegotiation=direct',
  ])('of PostgreSQL that its client asks over TLS, or nearby, is taken: %s', (rest) => {
    expect(problemOf('DATABASE_URL', `postgres://impacter:${hex}@${rest}`)).toBeUndefined();
  });

  test('of PostgreSQL with sslmode=require is taken, since its client checks the certificate, which it warns of changing', () => {
    expectWarning(/SECURITY WARNING: The SSL modes/);
    expect(problemOf('DATABASE_URL', `postgres://impacter:${hex}@db.example.com/x?sslmode=require`)).toBeUndefined();
  });

  test('of PostgreSQL whose parameters its client refuses is refused, and so is a weak password among them', () => {
    const problem = (rest: string) => problemOf('DATABASE_URL', `postgres://impacter:${hex}@db/x?${rest}`);
    expect(problem('sslmode=verify-full&sslrootcert=/nowhere/ca.pem')).toMatch(/^must have parameters that PostgreSQL’s client accepts/);
    expect(problem('sslnegotiation=never')).toMatch(/^must have parameters/);
    expect(problemOf('DATABASE_URL', 'postgres:///x?host=db.example.com')).toMatch(/^must be encrypted in production/);
    expect(problem('password=hunter2')).toMatch(/^holds a password that must have at least 16 characters/);
  });

  test.each(['tls=', 'tls=false', 'TLS=', 't%6Cs=', 'host=redis.example.com', 'path=/tmp/redis.sock', 'sentinels=x', 'family=6&tls='])(
    'of Redis with the parameter %s is refused, since its client takes any option from there',
    (parameter) => {
      for (const start of [`rediss://:${hex}@redis.example.com:6380`, `redis://:${hex}@redis`, `REDISS://:${hex}@10.0.0.1`])
        expect(problemOf('REDIS_URL', `${start}/0?${parameter}`)).toMatch(/^must not have parameters other than family/);
    },
  );

  test('of Redis leads its client to TLS in whatever way it is written', () => {
    for (const scheme of ['rediss', 'REDISS', 'Rediss']) {
      const { redis } = readConfig({ ...production, REDIS_URL: `${scheme}://:${hex}@redis.example.com/0?family=6` });
      const client = new Redis(redis!.url, { lazyConnect: true });
      expect(client.options).toMatchObject({ host: 'redis.example.com', tls: true, family: 6 });
      client.disconnect();
    }
    for (const hidden of [`rediss:@redis.example.com`, `rediss:\t//:${hex}@redis.example.com`, `rediss:/redis.example.com`])
      expect(problemOf('REDIS_URL', hidden)).toBe('must be an address that begins with redis:// or rediss://');
  });

  test('of agents that are posted to has the same rule', () => {
    const problem = (url: string) => problemsOf({ ...production, OPENCLAW_DRIVER: 'spawn', OPENCLAW_URL: url })['OPENCLAW_URL'];
    expect(problem('http://agents.example.com')).toMatch(/^must be encrypted in production \(https:/);
    expect(problem('http://agents.internal')).toBeUndefined();
  });
});

test.each(['production', 'development'])('links can only begin with an origin, in %s', (NODE_ENV) => {
  const read = (PUBLIC_URL: string) => problemsOf({ ...production, NODE_ENV, PUBLIC_URL })['PUBLIC_URL'];
  for (const url of [
    'https://work.example.com/x?y#z',
    'https://u:p@work.example.com',
    'https://u@work.example.com',
    'https://@work.example.com',
    'https://work.example.com/portal',
    'https://work.example.com/portal/',
    'https://work.example.com//',
    'https://work.example.com?',
    'https://work.example.com/?y=1',
    'https://work.example.com#',
    'HTTPS://work.example.com\\portal',
    'http://localhost:3000/x',
  ])
    expect([url, read(url)]).toEqual([
      url,
      'must be an origin: scheme, host and perhaps a port, without a user, a password, a path, a query or a fragment',
    ]);
  for (const [url, origin] of [
    ['https://work.example.com', 'https://work.example.com'],
    ['https://work.example.com/', 'https://work.example.com'],
    ['HTTPS://Work.Example.com:443', 'https://work.example.com'],
    ['https://work.example.com:8443', 'https://work.example.com:8443'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ] as const)
    expect([url, readConfig({ ...production, NODE_ENV, PUBLIC_URL: url }).http.publicUrl]).toEqual([url, origin]);
});

test('production does not start with a gateway that teams share until somebody accepts what that means', () => {
  expect(problemsOf({ ...production, OPENCLAW_SHARED_GATEWAY: undefined })).toEqual({
    OPENCLAW_SHARED_GATEWAY:
      'must be accept in production: all teams share one gateway, so an agent that works for one team may reach the files of another',
  });
  expect(problemsOf({ ...production, OPENCLAW_SHARED_GATEWAY: 'true' })).toEqual({ OPENCLAW_SHARED_GATEWAY: 'must be accept' });
});

test('the error shows a good value for each, and never the bad one', () => {
  const bad = { ...production, METRICS_TOKEN: 'hunter2', ENCRYPTION_KEY: '0'.repeat(64), S3_ENDPOINT: 'http://hunter2.example.com' };
  expect(() => readConfig(bad)).toThrow(
    [
      'These settings need mending:',
      '  S3_ENDPOINT must be encrypted in production (https://); without TLS it may only name this machine. A good value: https://s3.example.com',
      '  ENCRYPTION_KEY must be 32 random bytes in production; make them with: openssl rand -base64 32. A good value: the output of: openssl rand -base64 32',
      '  METRICS_TOKEN must have at least 16 characters in production; make one with: openssl rand -hex 24. A good value: the output of: openssl rand -hex 24',
    ].join('\n'),
  );
});
