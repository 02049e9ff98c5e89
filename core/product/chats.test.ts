// Which platforms a process speaks on, what it tells each of them, and what answers at their addresses.

import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Adapter, AdapterSandbox, Mount, SandboxOptions } from '#bots/adapter.ts';
import { readRawBody } from '#bots/raw-body.ts';
import { terminal } from '#bots/terminal/adapter.ts';
import { readConfig, type Config } from '#core/contracts/env.ts';
import type { GivenSettings } from '#core/contracts/config-problem.ts';
import { newId } from '#core/domain/ids.ts';
import { defaultCaps, viewCaps } from '#core/domain/workspaces/caps.ts';
import { systemClock } from '#core/engines/clock.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { stage } from '#core/testing/stages/stage.ts';
import { installLinks, openChats, type ChatNeeds } from './chats.ts';
import { linkSandboxes } from './link-sandboxes.ts';

const say = (_request: IncomingMessage, response: ServerResponse) => void response.end('the pager sandbox');

test('a platform without settings is played by its sandbox: the adapter gets its settings, and its page is there for whoever has the link', async () => {
  const pager = platform('pager');
  const { product, url } = await stage({ adapters: [pager.adapter], chatSandboxes: true });
  expect(pager.events).toEqual(['sandbox starts', 'adapter starts with {"token":"from the sandbox"}']);
  expect(product.outside.sandboxes).toContain('pager');

  expect((await fetch(`${url}/sandbox/pager/threads`)).status).toBe(403);
  const headers = { Authorization: `Bearer ${product.outside.pagesToken!}` };
  for (const method of ['GET', 'POST', 'PUT', 'DELETE'])
    expect(await (await fetch(`${url}/sandbox/pager/threads/7`, { method, headers })).text()).toBe('the pager sandbox');
  expect(await (await fetch(url)).text()).toContain('<a href="/sandbox/pager">Pager</a>');

  await product.stop();
  expect(pager.events.slice(2)).toEqual(['adapter stops', 'sandbox stops']);
});

test('a sandbox learns where we will answer and which folder is its own', async () => {
  const pager = platform('pager');
  const { url, dataDir } = await stage({ adapters: [pager.adapter], chatSandboxes: true });
  expect(pager.given()).toMatchObject({ url, dataDir: `${dataDir}/pager` });
});

test('whoever tries the product has a workspace for which their team pays, and other workspaces stay with their teams', async () => {
  const linked = [
    { externalId: 'P1', name: 'Acme' },
    { externalId: 'P2', name: 'Harbor' },
  ];
  const { app, core, product, person } = await stage({ adapters: [platform('pager', { linked }).adapter], chatSandboxes: true });
  const [ada, bo] = [await person(), await person()];
  await core.store.prisma.workspace.create({ data: { id: newId(), platform: 'pager', externalId: 'P2', teamId: bo.teamId, name: 'Ours' } });
  for (let starts = 0; starts < 2; starts++) await linkSandboxes(core, product.outside.chats.linked, ada);
  expect(await app.workspaces.linkedWorkspaces(ada)).toMatchObject([{ name: 'Acme', caps: viewCaps(defaultCaps) }]);
  expect((await app.workspaces.linkedWorkspaces(bo)).map(({ name }) => name)).toEqual(['Ours']);
});

test('a process that only speaks on platforms says how it is, also where no platform calls it', async () => {
  const { url } = await stage({ adapters: [terminal], settings: { ROLES: 'bots' } });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  // Nobody here takes tasks, and it says so.
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
});

test('without the flag nothing is played, and the adapter is not started', async () => {
  const pager = platform('pager');
  const { product } = await stage({ adapters: [pager.adapter] });
  expect(pager.events).toEqual([]);
  expect(product.outside.sandboxes).not.toContain('pager');
});

const slackSettings = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: '12'.repeat(16) };

test('an adapter gets the settings of its platform from the configuration, and no sandbox then', async () => {
  const [slack, discord] = [platform('slack'), platform('discord')];
  await stage({ adapters: [slack.adapter, discord.adapter], settings: slackSettings, chatSandboxes: true });
  expect(slack.events).toEqual([expect.stringMatching(/^adapter starts with .*"botToken":"xoxb-1".*$/)]);
  expect(discord.events).toContain('adapter starts with {"token":"from the sandbox"}');
});

test('an app of Discord is added on Discord’s own page, with the permissions of its docs; one that is played is added nowhere', () => {
  const given = { DISCORD_TOKEN: 'your.bot.token', DISCORD_APPLICATION_ID: '900000000000000001' };
  const docs = readFileSync(path.join(import.meta.dirname, '../../docs/discord.md'), 'utf8');
  const address = /https:\/\/discord\.com\/oauth2\S+/.exec(docs)![0].replace('YOUR_APPLICATION_ID', given.DISCORD_APPLICATION_ID);
  expect(installLinks(readConfig(given), {})).toEqual([{ platform: 'discord', title: 'Add to Discord', path: address }]);
  expect(installLinks(readConfig({ ...given, DISCORD_API_URL: 'http://127.0.0.1:4020/api' }), {})).toEqual([]);
  expect(installLinks(readConfig({}), { discord: { applicationId: '900000000000000001', apiUrl: 'http://127.0.0.1:4020/api' } })).toEqual(
    [],
  );
});

test.each<[string, GivenSettings, Partial<Config>]>([
  ['that is off', { SLACK_BOT_TOKEN: 'off' }, {}],
  ['in production', {}, { production: true }],
  ['where other machines can reach us', {}, { http: { ...readConfig({}).http, host: '0.0.0.0' } }],
])('a platform %s is never played', async (_, given, change) => {
  const slack = platform('slack');
  const chats = await openChats({ ...readConfig(given), ...change }, needs([slack.adapter]));
  expect([chats.settings, chats.sandboxes, slack.events]).toEqual([{}, [], []]);
});

test('people are led to where the app is added to a workspace of theirs, where there is such a page', () => {
  const slackApp = { SLACK_CLIENT_ID: '1.2', SLACK_CLIENT_SECRET: 'ab'.repeat(16), SLACK_SIGNING_SECRET: '12'.repeat(16) };
  const bot = { DISCORD_TOKEN: 'a.b.c', DISCORD_APPLICATION_ID: '123456789012345678' };
  const titles = (given: GivenSettings) => installLinks(readConfig(given), {}).map(({ title }) => title);
  expect([titles({}), titles(slackSettings), titles({ ...slackApp, ...bot })]).toEqual([[], [], ['Add to Slack', 'Add to Discord']]);
  expect(titles({ DISCORD_TOKEN: 'off' })).toEqual([]);
  // The address that the documentation gives.
  expect(readFileSync('docs/discord.md', 'utf8')).toContain(
    installLinks(readConfig(bot), {})[0]!.path.replace('123456789012345678', 'YOUR_APPLICATION_ID'),
  );
});

test('when one sandbox can not start, the operator is told why and none stays', async () => {
  const pager = platform('pager');
  const broken: Adapter = { ...platform('slack').adapter, startSandbox: () => Promise.reject(new Error('the port is taken')) };
  await expect(openChats(readConfig({}), needs([pager.adapter, broken]))).rejects.toThrow('the port is taken');
  expect(pager.events).toEqual(['sandbox starts', 'sandbox stops']);
});

test.each<[string, Partial<AdapterSandbox<unknown>>]>([
  ['an address that is open to strangers', { mounts: [{ path: '/pager', handle: say }] }],
  ['addresses of another one', { mounts: [{ path: '/sandbox/pagers', handle: say }] }],
  ['a page outside of its own', { page: { title: 'Pager', path: '/sandbox' } }],
])('a sandbox that would answer %s is not started', async (_, wrong) => {
  const pager = platform('pager', wrong);
  await expect(openChats(readConfig({}), needs([pager.adapter]))).rejects.toThrow('may answer /sandbox/pager and what is below it');
  expect(pager.events).toEqual(['sandbox starts', 'sandbox stops']);
});

test.each(['bots', 'web,bots'])(
  'what a platform calls us on answers, with any method below its path, in a process that does %s',
  async (ROLES) => {
    const { url } = await stage({ adapters: [platform('pager').adapter], botSettings: { pager: {} }, settings: { ROLES } });
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await fetch(`${url}/pager/events/T1?a=1`, {
        method,
        body: '{ "spaces" :  true }',
        headers: { 'Content-Type': 'application/json' },
      });
      expect(await answer.text()).toBe(`${method} /pager/events/T1?a=1 { "spaces" :  true }`);
    }
    expect(await (await fetch(`${url}/pager/events`)).text()).toBe('GET /pager/events ');
    expect((await fetch(`${url}/pagers`)).status).toBe(404);

    const sized = async (bytes: number) => {
      const answer = await fetch(`${url}/pager/events`, { method: 'POST', body: 'a'.repeat(bytes) });
      await answer.text();
      return answer.status;
    };
    expect([await sized(1_000_000), await sized(1_000_001)]).toEqual([200, 413]);
  },
);

test('a process that does only the web speaks on no platform', async () => {
  const pager = platform('pager');
  const options = { adapters: [pager.adapter], chatSandboxes: true, settings: { ROLES: 'web', ...slackSettings } };
  const { url, product } = await stage(options);
  expect([pager.events, product.outside.chats]).toEqual([[], { settings: {}, mounts: [], pages: [], linked: [], sandboxes: [] }]);
  expect((await fetch(`${url}/pager/events`)).status).toBe(404);
});

function needs(adapters: readonly Adapter[]): ChatNeeds {
  return { adapters, play: true, url: 'http://127.0.0.1:1', clock: systemClock, log: quietLog };
}

/** What happens to it, in order. */
function platform(word: string, sandbox: Partial<AdapterSandbox<unknown>> = {}) {
  const events: string[] = [];
  let given: SandboxOptions | undefined;
  const inbound: Mount = {
    path: `/${word}/events`,
    below: true,
    async handle(request, response) {
      response.end(`${request.method} ${request.url} ${(await readRawBody(request)).toString()}`);
    },
  };
  const adapter: Adapter = {
    ...terminal,
    platform: word,
    delivery: 'posted',
    async start({ settings }) {
      events.push(`adapter starts with ${JSON.stringify(settings)}`);
      return { mounts: [inbound], stop: async () => void events.push('adapter stops') };
    },
    async startSandbox(options) {
      events.push('sandbox starts');
      given = options;
      return {
        settings: { token: 'from the sandbox' },
        mounts: [{ path: `/sandbox/${word}`, below: true, handle: say }],
        page: { title: 'Pager', path: `/sandbox/${word}` },
        stop: async () => void events.push('sandbox stops'),
        ...sandbox,
      };
    },
  };
  return { adapter, events, given: () => given };
}
