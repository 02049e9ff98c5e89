// Whether these settings are those of an app that works: its token, what it may do, its commands, and how interactions reach us. For
// `npm run doctor`.

import { z } from 'zod';
import type { Examined } from '#bots/adapter.ts';
import { commandSet } from './acts/commands.ts';
import { DISCORD_API } from './api/call.ts';
import { INTERACTIONS_PATH } from './http/interactions.ts';
import { LOGIN_PATH } from './log-in/provider.ts';
import type { DiscordSettings } from './settings.ts';

const WITHIN_MS = 5_000;
const PAGES = 'at https://discord.com/developers/applications';
/** Connections that are left for the day: with none left, Discord resets the token. */
const CONNECTIONS_LEAST = 50;
const GUILDS_NAMED = 3;

/** What the bot does in a server (docs/discord.md), by Discord's names. */
const permissionsWanted: readonly (readonly [bit: bigint, name: string])[] = [
  [1n << 10n, 'View Channels'],
  [1n << 11n, 'Send Messages'],
  [1n << 35n, 'Create Public Threads'],
  [1n << 38n, 'Send Messages in Threads'],
  [1n << 16n, 'Read Message History'],
  [1n << 15n, 'Attach Files'],
];
const ADMINISTRATOR = 1n << 3n;
/** Of applications: Message Content, allowed to a verified app, and chosen for one that is not. */
const HAS_CONTENT = (1 << 18) | (1 << 19);

/** Never changes anything. Rejects where Discord does not answer. */
export async function examineDiscord(settings: DiscordSettings, publicUrl: string): Promise<Examined[]> {
  const ask = asker(settings);
  const me = await ask('/users/@me', z.object({ username: z.string() }));
  if (me === 401)
    return [
      failing('Discord does not take the token', `press “Reset Token” on the page “Bot” ${PAGES}, and set DISCORD_TOKEN to the new one`),
    ];
  if (typeof me === 'number') throw new Error(`Discord answers ${me}`);
  const app = await ask('/applications/@me', applicationSchema);
  if (typeof app === 'number') throw new Error(`Discord answers ${app}`);
  if (app.id !== settings.applicationId) {
    const mend = `set DISCORD_APPLICATION_ID to ${app.id}, or copy the token of the other app from its page “Bot” ${PAGES}`;
    return [failing(`the token belongs to the app ${app.id}`, mend)];
  }
  const found = await Promise.all([
    interactions(settings, app, publicUrl),
    connections(ask, settings),
    commands(ask, settings),
    permissions(ask),
  ]);
  return [
    fine(`the token works, as ${word(me.username)}`),
    ...intents(settings, app),
    ...installing(app),
    ...logIn(settings, app, publicUrl),
    ...found.flat(),
  ];
}

const applicationSchema = z.object({
  id: z.string(),
  verify_key: z.string().nullish(),
  flags: z.int().nullish(),
  interactions_endpoint_url: z.string().nullish(),
  integration_types_config: z.record(z.string(), z.unknown()).nullish(),
  redirect_uris: z.array(z.string()).nullish(),
});
type Application = z.output<typeof applicationSchema>;

function intents({ messageContent }: DiscordSettings, { flags }: Application): Examined[] {
  if (!messageContent) return [fine('messages that mention the bot are read; others need no intent, because they are not')];
  if (((flags ?? 0) & HAS_CONTENT) !== 0) return [fine('the app may read messages that do not mention it')];
  const mend = `turn on “Message Content Intent” on the page “Bot” ${PAGES}, or leave DISCORD_MESSAGE_CONTENT out`;
  return [failing('Discord refuses the connection: the app has no Message Content Intent', mend)];
}

/** Discord tells interactions over the gateway, or at this address alone. */
async function interactions({ publicKey }: DiscordSettings, app: Application, publicUrl: string): Promise<Examined[]> {
  const { verify_key: key, interactions_endpoint_url: address } = app;
  const url = `${publicUrl}${INTERACTIONS_PATH}`;
  const page = `“Interactions Endpoint URL” on the page “General Information” ${PAGES}`;
  const keys =
    publicKey === null || !key || key === publicKey
      ? []
      : [failing('DISCORD_PUBLIC_KEY is of another app', `copy “Public Key” from the page “General Information” ${PAGES}`)];
  if (address === null || address === undefined || address === '') return [...keys, fine('interactions come over the gateway')];
  if (publicKey === null)
    return [
      failing(
        `Discord sends interactions to ${address}, and they are not taken there`,
        `set DISCORD_PUBLIC_KEY to ${key || 'the app’s public key'}, or empty ${page}`,
      ),
    ];
  if (address !== url) return [...keys, failing(`Discord sends interactions to ${address}`, `set it to ${url}, or empty ${page}`)];
  return [...keys, await refusesStrangers(url)];
}

/** Discord tries this itself, and does not keep an address that takes what it did not sign. */
async function refusesStrangers(url: string): Promise<Examined> {
  const headers = {
    'Content-Type': 'application/json',
    'X-Signature-Ed25519': '0'.repeat(128),
    'X-Signature-Timestamp': String(Math.floor(Date.now() / 1000)),
  };
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: '{"type":1}',
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    await response.body?.cancel();
    if (response.status === 401) return fine(`${url} answers as Discord wants it`);
    return failing(`${url} answers ${response.status}`, 'start the product with DISCORD_PUBLIC_KEY, and see the proxy in front of it');
  } catch {
    return warning(`${url} does not answer from here`, 'npm start; until then, nobody’s command is answered');
  }
}

function installing({ integration_types_config: config }: Application): Examined[] {
  if (config === null || config === undefined) return [];
  const missing = [
    ['0', 'Guild Install'],
    ['1', 'User Install'],
  ].flatMap(([type, name]) => (config[type!] === undefined ? [name!] : []));
  if (missing.length === 0) return [fine('servers and people can install the app')];
  return [warning(`the app lacks ${missing.join(' and ')}`, `tick it on the page “Installation” ${PAGES}`)];
}

/** People come back from Discord only to an address that the app has. */
function logIn({ clientSecret }: DiscordSettings, { redirect_uris: addresses }: Application, publicUrl: string): Examined[] {
  if (clientSecret === null) return [];
  const address = `${publicUrl}${LOGIN_PATH}`;
  if (addresses === null || addresses === undefined) return [];
  if (addresses.includes(address)) return [fine('people can log in with Discord')];
  return [failing(`Discord does not send people back to ${address}`, `add it under “Redirects” on the page “OAuth2” ${PAGES}`)];
}

async function connections(ask: Ask, { shards = 1 }: DiscordSettings): Promise<Examined[]> {
  const schema = z.object({
    shards: z.int().positive(),
    session_start_limit: z.object({ remaining: z.int(), total: z.int() }),
  });
  const gateway = await ask('/gateway/bot', schema);
  if (typeof gateway === 'number')
    return [warning(`Discord answers ${gateway} to the question for its gateway`, 'run the doctor again in a minute')];
  const { remaining, total } = gateway.session_start_limit;
  const held = connectionsHeld(shards, gateway.shards);
  if (remaining >= CONNECTIONS_LEAST) return [held];
  return [
    held,
    failing(`${remaining} of ${total} connections are left for today`, 'find out in the log why connections end, and wait until tomorrow'),
  ];
}

function connectionsHeld(shards: number, recommended: number): Examined {
  const words = `${shards === 1 ? 'one gateway connection' : `${shards} gateway connections`}; Discord recommends ${recommended}`;
  if (shards >= recommended) return fine(words);
  return warning(words, `stop every process of the product, set DISCORD_SHARDS=${recommended} for all of them, and start them again`);
}

async function commands(ask: Ask, { applicationId }: DiscordSettings): Promise<Examined[]> {
  const there = await ask(`/applications/${applicationId}/commands`, z.array(z.object({ name: z.string() })));
  if (typeof there === 'number')
    return [warning(`Discord answers ${there} to the question for the commands`, 'run the doctor again in a minute')];
  const wanted = commandSet('').map(({ name }) => name);
  const names = new Set(there.map(({ name }) => name));
  const missing = wanted.filter((name) => !names.has(name));
  if (missing.length === 0) return [fine(`all ${wanted.length} commands are there`)];
  return [warning(`${missing.length} commands are missing: ${missing.join(', ')}`, 'npm start sends them; what went wrong is in the log')];
}

/** Channels may allow less. */
async function permissions(ask: Ask): Promise<Examined[]> {
  const guilds = await ask(
    '/users/@me/guilds?limit=200',
    z.array(z.object({ name: z.string(), permissions: z.string().regex(/^\d{1,40}$/) })),
  );
  if (typeof guilds === 'number')
    return [warning(`Discord answers ${guilds} to the question for the servers`, 'run the doctor again in a minute')];
  if (guilds.length === 0)
    return [warning('the bot is in no server', `open the link on the page “Installation” ${PAGES}, and choose a server`)];
  const poor = guilds.flatMap(({ name, permissions: given }) => {
    const has = BigInt(given);
    const missing = (has & ADMINISTRATOR) !== 0n ? [] : permissionsWanted.filter(([bit]) => (has & bit) === 0n).map(([, each]) => each);
    return missing.length === 0 ? [] : [`${word(name)} lacks ${missing.join(', ')}`];
  });
  if (poor.length === 0)
    return [fine(`the bot is in ${guilds.length === 1 ? 'one server' : `${guilds.length} servers`}, with all permissions`)];
  const more = poor.length > GUILDS_NAMED ? `; and ${poor.length - GUILDS_NAMED} more` : '';
  const mend = 'in the server, give them to the bot’s role under “Server Settings”, “Roles”';
  return [warning(`${poor.slice(0, GUILDS_NAMED).join('; ')}${more}`, mend)];
}

/** What Discord answers, or the status with which it refuses. */
type Ask = <Schema extends z.ZodType>(path: string, schema: Schema) => Promise<z.output<Schema> | number>;

/** Not by the product’s own calls: the doctor has no database, and takes nothing from the product’s share of them. */
function asker({ token, apiUrl }: DiscordSettings): Ask {
  return async (path, schema) => {
    const response = await fetch(`${apiUrl ?? DISCORD_API}/v10${path}`, {
      headers: {
        Authorization: `Bot ${token}`,
        'User-Agent': 'DiscordBot (https://discord.com, 10)',
      },
      signal: AbortSignal.timeout(WITHIN_MS),
      redirect: 'error',
    });
    if (!response.ok) {
      await response.body?.cancel();
      return response.status;
    }
    return schema.parse(await response.json());
  };
}

/** What people chose is shown, but not at any length. */
function word(given: string): string {
  return given.replace(/[^\p{L}\p{N} .,_-]/gu, '').slice(0, 80);
}

const fine = (words: string): Examined => ({ state: 'ok', words });
const warning = (words: string, mend: string): Examined => ({ state: 'warning', words, mend });
const failing = (words: string, mend: string): Examined => ({ state: 'failing', words, mend });
