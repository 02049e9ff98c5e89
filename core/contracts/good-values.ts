// The value that an error shows is one that is taken where the error was made: production takes no samples, and a laptop with
// sandboxes takes no host that others reach.

import { settings, type SettingName } from './settings.ts';
import type { GivenSettings } from './config-problem.ts';

export function goodValue(name: SettingName, given: GivenSettings): string {
  if (name === 'OPENCLAW_URL' && given.OPENCLAW_DRIVER === 'spawn') return 'https://agents.example.com';
  if (given.NODE_ENV === 'production') return inProduction[name] ?? settings[name].example;
  return name === 'HOST' ? '127.0.0.1' : settings[name].example;
}

const chosen = 'the output of: openssl rand -hex 24';

const inProduction: Partial<Record<SettingName, string>> = {
  DATABASE_URL: `postgres://impacter:<${chosen}>@db.example.com:5432/impacter?sslmode=verify-full`,
  REDIS_URL: `rediss://:<${chosen}>@redis.example.com:6379`,
  OPENCLAW_TOKEN: chosen,
  SLACK_BOT_TOKEN: 'the bot token that Slack shows for the app',
  SLACK_SIGNING_SECRET: 'the signing secret that Slack shows for the app',
  SLACK_APP_TOKEN: 'the app-level token that Slack shows for the app',
  SLACK_CLIENT_SECRET: 'the client secret that Slack shows for the app',
  DISCORD_TOKEN: 'the bot token that Discord shows for the app',
  DISCORD_CLIENT_SECRET: 'the client secret that Discord shows for the app',
  AWS_ACCESS_KEY_ID: 'the access key ID that AWS or your store shows for the key',
  AWS_SECRET_ACCESS_KEY: 'the secret access key that AWS or your store shows for the key',
  AWS_SESSION_TOKEN: 'the session token that AWS or your store shows for the key',
  STRIPE_SECRET_KEY: 'the secret key that Stripe shows for the account',
  STRIPE_WEBHOOK_SECRET: 'the signing secret that Stripe shows for the webhook endpoint',
};
