// What Slack is told of the app is what the app does.

import { globSync, readFileSync } from 'node:fs';
import type { App } from '@slack/bolt';
import { expect, test } from 'vitest';
import { heardHere } from '../in/events.ts';
import { slackListeners, type ListenDeps } from '../in/listeners.ts';
import { methods } from '../sandbox/api/methods.ts';
import { botEvents, manifest } from './manifest.ts';
import { scopeNames, scopes } from './scopes.ts';

/** By Slack's reference of its events. */
const scopeOfEvent: Readonly<Record<(typeof botEvents)[number], string | null>> = {
  agent_session_stopped: 'assistant:write',
  app_home_opened: null,
  app_mention: 'app_mentions:read',
  app_uninstalled: null,
  // In private channels `groups:read`.
  member_joined_channel: 'channels:read',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  tokens_revoked: null,
  user_change: 'users:read',
};

const made = manifest('https://your-product.example');

/** What is listened to: words, or patterns with words in them. */
function listened(): Record<'event' | 'command' | 'shortcut', (string | RegExp)[]> {
  const heard = { event: [], command: [], shortcut: [] } as Record<'event' | 'command' | 'shortcut', (string | RegExp)[]>;
  const note = (kind: keyof typeof heard) => (name: string | RegExp) => void heard[kind].push(name);
  const app = { event: note('event'), command: note('command'), shortcut: note('shortcut'), action() {}, view() {} };
  slackListeners({} as ListenDeps)(app as unknown as App);
  return heard;
}

/** Methods of Slack that our code names, outside of what plays Slack. */
function called(): string[] {
  const files = globSync('bots/slack/**/*.ts').filter((file) => !/\/(sandbox|testing)\/|\.test\.ts$|api\/call\.ts$|kit\.ts$/.test(file));
  const texts = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  return [...methods.keys()].filter((method) => texts.includes(`'${method}'`));
}

test('the manifest has every event, command and shortcut that the code listens to, and no other', () => {
  const { event, command, shortcut } = listened();
  const told = [...new Set(botEvents.map((name) => name.split('.')[0]!))].toSorted();
  const heard = [
    ...heardHere,
    ...event.flatMap((name) => (typeof name === 'string' ? [name] : name.source.match(/[a-z_]{3,}/g)!)),
  ].toSorted();
  expect(told).toEqual(heard);
  const { slash_commands: commands = [], shortcuts = [] } = made.features!;
  expect(commands.length).toBeGreaterThan(0);
  for (const each of commands) expect(command.some((name) => new RegExp(name).test(each.command))).toBe(true);
  expect(shortcuts.map(({ callback_id }) => callback_id)).toEqual(shortcut);
});

test('the manifest asks for every scope that the code needs, and no other; each has its reason', () => {
  const needed = new Set([...Object.values(scopeOfEvent), 'commands'].filter((scope) => scope !== null));
  const byMethod = called().map((method) => ({ method, any: methods.get(method)!.scopes }));
  expect(byMethod.length).toBeGreaterThan(8);
  expect(byMethod.filter(({ any }) => any.length > 0 && !any.some((scope) => (scopeNames as readonly string[]).includes(scope)))).toEqual(
    [],
  );
  const used = scopeNames.filter((scope) => needed.has(scope) || byMethod.some(({ any }) => any.includes(scope)));
  expect(used).toEqual(scopeNames);
  expect([...needed].filter((scope) => !(scopeNames as readonly string[]).includes(scope))).toEqual([]);
  expect(made.oauth_config!.scopes!.bot).toEqual(scopeNames);
  expect(scopes.filter(({ because }) => because.length < 10)).toEqual([]);
});

test('docs/slack-manifest.json is the manifest, and docs/slack.md has the reason of each scope', () => {
  expect(JSON.parse(readFileSync('docs/slack-manifest.json', 'utf8'))).toEqual(made);
  const page = readFileSync('docs/slack.md', 'utf8');
  expect(scopes.filter(({ scope, because }) => !page.includes(`| \`${scope}\` | ${because} |`)).map(({ scope }) => scope)).toEqual([]);
});
