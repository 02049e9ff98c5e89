// A sandbox with servers to play in, and discord.js to judge it.

import { Client, GatewayIntentBits, Options, Partials, type ClientOptions } from 'discord.js';
import { onTestFinished } from 'vitest';
import { bits } from '../permissions.ts';
import { discordPeople, type DiscordPeople } from '../client.ts';
import { defaultToken, startDiscordSandbox, type DiscordSandbox, type DiscordSandboxOptions } from '../server.ts';

export interface OpenDiscord {
  readonly discord: DiscordSandbox;
  readonly people: DiscordPeople;
  readonly rest: Rest;
}

export interface Answer {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

export type Body = Readonly<Record<string, unknown>> & { readonly id: string; readonly code: number };

export const at = {
  acme: '110000000000000001',
  harbor: '110000000000000002',
  ann: '120000000000000001',
  bo: '120000000000000002',
  mia: '120000000000000009',
  general: '130000000000000001',
  secret: '130000000000000002',
  forum: '130000000000000003',
  mute: '130000000000000004',
  harborGeneral: '130000000000000009',
} as const;

export async function openDiscord(options: DiscordSandboxOptions = {}): Promise<OpenDiscord> {
  const discord = await startDiscordSandbox({ limitFactor: 1_000_000, ...options });
  onTestFinished(discord.stop);
  const people = discordPeople(discord.url);
  await furnishTest(people);
  return { discord, people, rest: restOf(discord) };
}

/** Acme with Ann (its owner) and Bo: #general, #secret (the bot is kept out), the forum ideas and #mute (it may only read there). Harbor with Mia. */
export async function furnishTest(people: DiscordPeople): Promise<void> {
  const closed = (bits: bigint) => [{ id: at.acme, type: 0 as const, allow: '0', deny: String(bits) }];
  await people.guild(at.acme, { name: 'Acme', owner: at.ann });
  await people.member(at.acme, { id: at.ann, name: 'Ann' });
  await people.member(at.acme, { id: at.bo, name: 'Bo' });
  await people.channel(at.acme, at.general, { name: 'general' });
  await people.channel(at.acme, at.secret, { name: 'secret', overwrites: closed(bits.ViewChannel) });
  await people.channel(at.acme, at.forum, { name: 'ideas', type: 15 });
  await people.channel(at.acme, at.mute, { name: 'mute', overwrites: closed(bits.SendMessages | bits.SendMessagesInThreads) });
  await people.guild(at.harbor, { name: 'Harbor', owner: at.mia });
  await people.member(at.harbor, { id: at.mia, name: 'Mia' });
  await people.channel(at.harbor, at.harborGeneral, { name: 'general' });
}

/** A call of the REST API as the bot. Text is sent as it is. */
export type Rest = (method: string, path: string, body?: object | string) => Promise<Answer>;

export function restOf({ apiUrl }: Pick<DiscordSandbox, 'apiUrl'>): Rest {
  return async (method, path, body) => {
    const isForm = body instanceof FormData;
    const response = await fetch(`${apiUrl}/v10${path}`, {
      method,
      headers: { Authorization: `Bot ${defaultToken}`, ...(body !== undefined && !isForm && { 'Content-Type': 'application/json' }) },
      ...(body !== undefined && { body: isForm || typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Body, headers: response.headers };
  };
}

/** It is destroyed with the test. */
export async function openClient({ discord }: OpenDiscord, more: Partial<ClientOptions> = {}): Promise<Client<true>> {
  const client = new Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.DirectMessages,
      GatewayIntentBits.MessageContent,
    ],
    partials: [Partials.Channel],
    rest: { api: discord.apiUrl, retries: 0 },
    makeCache: Options.cacheWithLimits({ MessageManager: 100 }),
    ...more,
  });
  onTestFinished(() => client.destroy());
  const ready = new Promise((resolve) => client.once('clientReady', resolve));
  await client.login(defaultToken);
  await ready;
  return client as Client<true>;
}
