// Whoever takes over the value that an error shows has one problem less, in whatever situation the error was made.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { ConfigError, readConfig } from './env.ts';
import { settingNames, settings, type SettingName } from './settings.ts';
import type { GivenSettings } from './config-problem.ts';

const hex = '8f3b0c6e91d7a2455e0fb8c3d914a67b2c90ef1834d5b6a7';

/** What Slack and others would show: nobody can print that. */
const shown: Partial<Record<SettingName, string>> = {
  SLACK_BOT_TOKEN: `xoxb-${hex}`,
  SLACK_SIGNING_SECRET: hex.slice(0, 32),
  SLACK_APP_TOKEN: `xapp-${hex}`,
  SLACK_CLIENT_SECRET: hex.slice(0, 32),
  DISCORD_TOKEN: `MTA0.${hex}.x1`,
  DISCORD_CLIENT_SECRET: hex.slice(0, 32),
  AWS_ACCESS_KEY_ID: 'AKIAQWERNMXC',
  AWS_SECRET_ACCESS_KEY: hex,
  AWS_SESSION_TOKEN: hex,
  STRIPE_SECRET_KEY: `sk_live_${hex}`,
  STRIPE_WEBHOOK_SECRET: `whsec_${hex}`,
};

const everything: GivenSettings = {
  ...Object.fromEntries(settingNames.map((name) => [name, settings[name].example])),
  ...shown,
  DATABASE_URL: `postgres://impacter:${hex}@db/impacter`,
  REDIS_URL: `redis://:${hex}@redis`,
  ENCRYPTION_KEY: 'Zk3q8Vb1xT6mYw0LhJr4uNcE7sPdQ2aGfI9oKzXv5B0=',
  METRICS_TOKEN: hex,
  OPENCLAW_TOKEN: hex,
};
const services: GivenSettings = { ...everything, OPENCLAW_DRIVER: 'spawn', OPENCLAW_URL: 'https://agents.example.com' };

const situations: readonly (readonly [string, GivenSettings])[] = [
  ['a laptop with sandboxes', {}],
  ['a laptop with one service', { DATABASE_URL: 'postgres://a:b@db/c', HOST: '127.0.0.1' }],
  ['a laptop with every service', { ...everything, NODE_ENV: 'development' }],
  ['production with nothing set', { NODE_ENV: 'production' }],
  ['production', { ...everything, NODE_ENV: 'production' }],
  ['production that posts to agents', { ...services, NODE_ENV: 'production' }],
];

const wrong = (name: SettingName) => [
  undefined,
  settings[name].example,
  'x',
  'a b',
  'off',
  '0.0.0.0',
  'aaaaaaaaaaaaaaaaaaaaaaaa',
  ...(name === 'OPENCLAW_DRIVER' ? ['gateway', 'spawn'] : []),
  ...(settings[name].example.includes('://') ? ['http', 'https', 'ws', 'wss', 'redis', 'postgres'] : []).flatMap((scheme) => [
    `${scheme}://public.example.com/x?y`,
    `${scheme}://u:password@public.example.com`,
  ]),
];

test.each(situations)('the good value that an error shows is accepted: on %s', (_, situation) => {
  const seen = new Set<string>();
  for (const name of settingNames) {
    for (const value of wrong(name)) {
      const given = { ...situation, [name]: value };
      for (const [named, { line, good }] of goodValuesFor(given)) {
        if (seen.has(line)) continue;
        seen.add(line);
        const mended = goodValuesFor({ ...given, [named]: asSomebodyWouldSetIt(named, good) });
        expect([name, value, line, mended.has(named)]).toEqual([name, value, line, false]);
      }
    }
  }
  expect(seen.size).toBeGreaterThan(20);
});

test('a laptop whose sandboxes others would reach is shown its own address', () => {
  expect(() => readConfig({ HOST: '0.0.0.0' })).toThrow(/^ {2}HOST must be 127\.0\.0\.1 .* A good value: 127\.0\.0\.1$/m);
});

/** As the error prints them, by the settings that it names. */
function goodValuesFor(given: GivenSettings): Map<SettingName, { line: string; good: string }> {
  try {
    readConfig(given);
    return new Map();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.message.split('\n').slice(1);
    return new Map(lines.map((line) => [/^ {2}(\w+) /.exec(line)![1] as SettingName, { line, good: line.split('. A good value: ')[1]! }]));
  }
}

function asSomebodyWouldSetIt(name: SettingName, good: string): string {
  if (/^the .* that .* shows? for /.test(good)) return shown[name]!;
  return good.replace(/<?the output of: openssl rand -(hex|base64) (\d+)>?/, (_, form: 'hex' | 'base64', bytes: string) =>
    randomBytes(Number(bytes)).toString(form),
  );
}
