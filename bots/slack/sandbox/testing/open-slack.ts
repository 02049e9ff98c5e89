// A sandbox with a workspace to play in, and the real SDK to judge it: a WebClient, and a Bolt app with Slack's own receiver.

import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { onTestFinished } from 'vitest';
import { slackPeople, type SlackPeople } from '../client.ts';
import { defaultSigningSecret, startSlackSandbox, type SlackSandbox, type SlackSandboxOptions } from '../server.ts';
import type { Team } from '../shapes.ts';

export interface OpenSlack {
  readonly slack: SlackSandbox;
  readonly people: SlackPeople;
  readonly acme: Team;
  /** As the app of Acme; it tries nothing twice. */
  readonly client: WebClient;
}

/** Acme with Ann (admin), Bo, the guest Gus, #general (C1), #private (C2, without the bot), #old (C3, archived) and Ann's messages (D1). */
export async function openSlack(options: SlackSandboxOptions & { readonly clientToken?: string } = {}): Promise<OpenSlack> {
  const slack = await startSlackSandbox(options);
  const people = slackPeople(slack.url);
  const acme = await people.team('T1', { name: 'Acme' });
  await people.user('T1', { id: 'U1', name: 'Ann', role: 'admin' });
  await people.user('T1', { id: 'U2', name: 'Bo' });
  await people.user('T1', { id: 'U3', name: 'Gus', role: 'guest' });
  await people.channel('T1', 'C1', { name: 'general' });
  await people.channel('T1', 'C2', { name: 'private', kind: 'private', member: false });
  await people.channel('T1', 'C3', { name: 'old', archived: true });
  await people.channel('T1', 'C4', { name: 'elsewhere', member: false });
  await people.channel('T1', 'D1', { kind: 'im', user: 'U1' });
  return { slack, people, acme, client: clientOf(slack, acme.token) };
}

export function clientOf({ apiUrl }: SlackSandbox, token?: string): WebClient {
  return new WebClient(token, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
    logger: silent,
  });
}

export const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/** A Bolt app that listens on this machine; it stops with the test, and is told what happens there. */
export async function openBolt({ slack, people, acme }: OpenSlack): Promise<App> {
  const receiver = new HTTPReceiver({ signingSecret: defaultSigningSecret, logger: silent, logLevel: LogLevel.ERROR });
  const app = new App({
    receiver,
    authorize: async () => ({ botToken: acme.token, botId: acme.botId, botUserId: acme.botUser }),
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
    logger: silent,
    ignoreSelf: false,
  });
  const port = await freePort();
  await app.start({ port, host: '127.0.0.1' });
  onTestFinished(async () => {
    await people.hook({ url: null });
    await app.stop();
  });
  await people.hook({ url: `http://127.0.0.1:${port}/slack/events` });
  return app;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
