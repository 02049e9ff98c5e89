// A running product to which tests tell interactions as Discord does: signed, at its address, or by the gateway’s event. What it shows
// is kept as it was sent; letters stay in the database, because nothing is posted.

import { generateKeyPairSync, sign } from 'node:crypto';
import { Readable } from 'node:stream';
import { vi } from 'vitest';
import type { Adapter, Context } from '#bots/adapter.ts';
import { newId, type TaskId } from '#core/domain/ids.ts';
import { choiceId, type ChoiceAct } from '#core/domain/messages/choice.ts';
import { agentsThat, csvOf, done, someUsage } from '#core/testing/stages/agents-that.ts';
import { tasksIn } from '#core/testing/stages/chat-stage.ts';
import { openStage, type Person, type Stage, type StageOptions } from '#core/testing/stages/stage.ts';
import { interactionCreate } from '../acts/by-gateway.ts';
import type { Again } from '../acts/deps.ts';
import { discordActs, type Acts } from '../acts/interaction.ts';
import { DiscordNo, type Asked, type Call } from '../api/call.ts';
import { limits, renderDiscord } from '../draw/render.ts';
import { linesIn } from '../draw/read.ts';
import type { Guilds, Where } from '../gateway/guilds.ts';
import { discordEvents } from '../http/events.ts';
import { discordInteractions } from '../http/interactions.ts';
import { refs } from '../refs.ts';
import type { DiscordSettings } from '../settings.ts';
import { idAt } from '../snowflake.ts';

export const APP = '900000000000000001';
/** A server where a team pays, and one where the app is not. */
export const ACME = '100000000000000001';
export const FOREIGN = '100000000000000009';
export const GENERAL = '200000000000000001';
export const FOREIGN_CHANNEL = '200000000000000009';
export const THREAD = '200000000000000011';
export const DM = '200000000000000021';
export const IN_THREAD = refs.format({ guild: ACME, channel: GENERAL, thread: THREAD });
export const ANN = '300000000000000001';
export const BO = '300000000000000002';

export type Way = 'http' | 'gateway';

export interface Shown {
  /** `callback`: the first answer. */
  readonly how: 'callback' | 'original' | 'follow-up';
  readonly interaction: string;
  readonly type: number | null;
  readonly body: Body;
  /** Since it was told. */
  readonly afterMs: number;
}

export interface Body {
  readonly flags?: number;
  readonly components?: readonly object[];
  readonly custom_id?: string;
  readonly title?: string;
}

export interface ActsWorld extends Stage {
  readonly owner: Person;
  readonly context: Context<DiscordSettings>;
  /** What was shown, oldest first. */
  readonly shown: Shown[];
  /** Of one interaction, its words a line each. */
  words(interaction: { readonly id: string }): string[];
  /** Who was told something in a direct message instead. */
  readonly direct: { readonly user: string; readonly words: string }[];
  /** From now on calls with these words in their path end like this; null: they work again. */
  fail(path: string, error: Error | null): void;
  tell(interaction: Made, way?: Way): Promise<void>;
  /** What is said in answer to it first. */
  saying(interaction: Made): Promise<string>;
  /** Ann asks for so many leads in the thread: the task, and what a press on its buttons is. */
  waiting(count?: number): Promise<Waiting>;
  /** Posts a body as it is. Gives the status and the body. */
  post(
    path: string,
    body: string,
    how?: { readonly timestamp?: string; readonly signature?: string },
  ): Promise<{ status: number; body: string }>;
  sign(timestamp: string, body: string): string;
  tasks(threadRef: string): Promise<{ id: string; status: string; text: string }[]>;
  /** References of the files that were fetched. */
  readonly fetched: string[];
  /** What `again` answers. */
  again: Again;
}

export interface Made {
  readonly id: string;
  readonly token: string;
  readonly type: number;
  readonly [more: string]: unknown;
}

export interface Waiting {
  readonly id: string;
  press(act: ChoiceAct, more?: Parameters<typeof press>[1]): Made;
}

let made = 0n;

export function newSnowflake(at = new Date()): string {
  return String(BigInt(idAt(at)) + ++made);
}

type Place = 'channel' | 'thread' | 'dm' | 'foreign' | 'silent' | 'others';

/** Where, as Discord describes it. `silent`: we may not post there. */
const places: Readonly<Record<Place, object>> = {
  channel: {
    guild_id: ACME,
    channel_id: GENERAL,
    channel: { id: GENERAL, type: 0, name: 'general' },
    context: 0,
    app_permissions: everything(),
  },
  thread: {
    guild_id: ACME,
    channel_id: THREAD,
    channel: {
      id: THREAD,
      type: 11,
      name: 'leads',
      parent_id: GENERAL,
      thread_metadata: { locked: false },
    },
    context: 0,
    app_permissions: everything(),
  },
  silent: {
    guild_id: ACME,
    channel_id: GENERAL,
    channel: { id: GENERAL, type: 0, name: 'general' },
    context: 0,
    app_permissions: '1024',
  },
  foreign: {
    guild_id: FOREIGN,
    channel_id: FOREIGN_CHANNEL,
    channel: { id: FOREIGN_CHANNEL, type: 0 },
    context: 0,
    app_permissions: '0',
  },
  dm: { channel_id: DM, channel: { id: DM, type: 1 }, context: 1, app_permissions: everything() },
  others: { channel_id: DM, channel: { id: DM, type: 3 }, context: 2, app_permissions: '0' },
};

function everything(): string {
  return String((1n << 49n) - 1n - (1n << 3n));
}

interface More {
  readonly from?: string;
  readonly at?: Place;
  readonly administers?: boolean;
  readonly message?: object;
  readonly id?: string;
}

function interaction(
  type: number,
  data: object,
  { from = ANN, at = 'channel', administers = false, message, id = newSnowflake() }: More,
): Made {
  const place = places[at];
  const user = {
    id: from,
    username: from === ANN ? 'ann' : 'bo',
    global_name: from === ANN ? 'Ann' : 'Bo',
    discriminator: '0',
    avatar: null,
  };
  const member = {
    user,
    roles: [],
    joined_at: '2020-01-01T00:00:00Z',
    deaf: false,
    mute: false,
    flags: 0,
    permissions: administers ? '32' : '2048',
  };
  return {
    id,
    application_id: APP,
    type,
    token: `token-of-${id}`,
    version: 1,
    locale: 'en-US',
    entitlements: [],
    authorizing_integration_owners: {},
    attachment_size_limit: 10_485_760,
    ...place,
    ...('guild_id' in place ? { member } : { user }),
    data,
    ...(message !== undefined && { message }),
  } as Made;
}

export interface File {
  readonly id: string;
  readonly filename: string;
  readonly size: number;
  readonly url: string;
  readonly content_type: string;
  readonly title?: string;
}

export function attachment(filename: string, more: Partial<File> = {}): File {
  const id = newSnowflake();
  const url = `https://cdn.discordapp.com/ephemeral-attachments/1/${id}/${filename}?ex=1&is=1&hm=1`;
  return { id, filename, size: 10, url, content_type: 'text/csv', ...more };
}

/** Files are given as `file1`, and so on. */
export function command(name: string, options: Readonly<Record<string, string | boolean | File>> = {}, more: More = {}): Made {
  const files = Object.values(options).filter((value) => typeof value === 'object');
  const list = Object.entries(options).map(([option, value]) => ({
    name: option,
    type: 3,
    value: typeof value === 'object' ? value.id : value,
  }));
  const resolved = { attachments: Object.fromEntries(files.map((file) => [file.id, file])) };
  return interaction(2, { id: '1', name, type: 1, options: list, resolved }, more);
}

export function runOn(message: { readonly id: string }, more: More = {}): Made {
  return interaction(
    2,
    {
      id: '2',
      name: 'Run on this',
      type: 3,
      target_id: message.id,
      resolved: { messages: { [message.id]: message } },
    },
    more,
  );
}

/** On a post of ours. */
export function press(customId: string, more: More & { readonly on?: object } = {}): Made {
  return interaction(3, { custom_id: customId, component_type: 2 }, { message: ourPost(), ...more });
}

export function ourPost(more: object = {}): object {
  return { id: newSnowflake(), channel_id: GENERAL, flags: 32_768, components: [], ...more };
}

/** `form`: what was shown. Values by the ids of its fields; files last. */
export function submit(form: Body, values: Readonly<Record<string, string>>, files: readonly File[] = [], more: More = {}): Made {
  const fields = (form.components ?? []) as readonly {
    readonly component: { readonly custom_id: string; readonly type: number };
  }[];
  const components = fields.map(({ component: { custom_id: id, type } }) => {
    const value = values[id] ?? '';
    const filled = type === 19 ? { values: files.map((file) => file.id) } : type === 3 ? { values: [value] } : { value };
    return { type: 18, id: 1, component: { type, id: 2, custom_id: id, ...filled } };
  });
  const resolved = { attachments: Object.fromEntries(files.map((file) => [file.id, file])) };
  return interaction(5, { custom_id: form.custom_id, components, resolved }, more);
}

export interface ActsOptions extends Omit<StageOptions, 'adapters' | 'botSettings' | 'agents'> {
  /** Whose signatures are taken, instead of this world’s own. */
  readonly publicKey?: string;
}

/** What leads are asked for decides what the agent does. */
export const FAILS = 10;
export const LASTS = 7;

export async function openActsWorld(options: ActsOptions = {}): Promise<ActsWorld> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const hex = options.publicKey ?? Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url').toString('hex');
  const shown: Shown[] = [];
  const direct: { user: string; words: string }[] = [];
  const underWay: Promise<unknown>[] = [];
  const fetched: string[] = [];
  const failing = new Map<string, Error>();
  const toldMs = new Map<string, number>();
  const after = (id: string) => performance.now() - (toldMs.get(id) ?? 0);
  /** Their first answer is on its way. */
  const byHttp = new Set<string>();
  let acts: Acts;
  let context: Context<DiscordSettings>;
  let gateway: ReturnType<typeof interactionCreate>;
  const world = { again: (async () => null) as Again };

  const call: Call = async ({ method, path, body = {} }: Asked) => {
    for (const [words, error] of failing) if (path.includes(words)) throw error;
    if (path === '/users/@me/channels') return { id: (body as { recipient_id: string }).recipient_id };
    const user = /^\/channels\/(\d+)\/messages$/.exec(path)?.[1];
    if (user !== undefined) direct.push({ user, words: wordsOf(body as Body) });
    const id = /token-of-(\d+)/.exec(path)?.[1];
    if (id === undefined) return null;
    if (path.endsWith('/callback')) return keep('callback', id, body as { type: number; data?: Body });
    if (!byHttp.has(id) && !shown.some(({ interaction: known }) => known === id))
      throw new DiscordNo('unknown webhook', { status: 404, code: 10015 });
    shown.push({
      how: method === 'PATCH' ? 'original' : 'follow-up',
      interaction: id,
      type: null,
      body: body as Body,
      afterMs: after(id),
    });
    return null;
  };
  const keep = (how: 'callback', id: string, body: { type: number; data?: Body }): null => {
    if (shown.some((each) => each.how === how && each.interaction === id)) throw new DiscordNo('answered', { status: 400, code: 40060 });
    shown.push({
      how,
      interaction: id,
      type: body.type,
      body: body.data ?? {},
      afterMs: after(id),
    });
    return null;
  };

  const adapter: Adapter<DiscordSettings> = {
    platform: 'discord',
    delivery: 'posted',
    fetchesFiles: true,
    refs,
    limits,
    render: renderDiscord,
    async start(given) {
      context = given;
      const { app, brandName, settings, replyHandles: handles, clock, log } = given;
      acts = discordActs({
        app,
        brandName,
        settings,
        call,
        guilds,
        handles,
        forOne: { attempt: (work) => void underWay.push(work) },
        again: (...asked) => world.again(...asked),
        clock,
        log,
      });
      gateway = interactionCreate(acts, call);
      const signed = { publicKey: hex, clock, log };
      return {
        mounts: [discordInteractions(acts, signed), discordEvents(signed)],
        fetcher: {
          platform: 'discord',
          async fetch(ref) {
            fetched.push(ref);
            return { body: Readable.from([Buffer.from('name\nAda\n')]), sizeBytes: 9 };
          },
        },
        stop: () => acts.ended(),
      };
    },
  };

  const settings: DiscordSettings = {
    token: 'a.b.c',
    applicationId: APP,
    publicKey: hex,
    clientSecret: null,
    apiUrl: null,
    messageContent: false,
  };
  const agents = agentsThat(async ({ quantity }, _watch, signal) => {
    if (quantity === FAILS) return { kind: 'failed', reason: 'no luck', usage: someUsage };
    if (quantity === LASTS) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]);
  });
  const stage = await openStage({
    ...options,
    agents,
    adapters: [adapter as Adapter],
    botSettings: { discord: settings },
  });
  const owner = await stage.person();
  await stage.app.privacy.setTeamSettings(owner, { confirmAbove: '10000000' });
  await context!.app.workspaces.installed({
    platform: 'discord',
    externalId: ACME,
    enterpriseId: null,
    name: 'Acme',
    botUserId: APP,
    scopes: [],
    tokens: { bot: 'app', refresh: null, expiresAt: null },
    installedBy: null,
  });
  await stage.core.store.prisma.workspace.create({
    data: {
      id: newId(),
      platform: 'discord',
      externalId: ACME,
      teamId: owner.teamId,
      name: 'Acme',
    },
  });

  const signed = (timestamp: string, body: string) => sign(null, Buffer.from(timestamp + body), privateKey).toString('hex');
  const post: ActsWorld['post'] = async (path, body, how = {}) => {
    const timestamp = how.timestamp ?? String(Math.floor(stage.core.clock.now().getTime() / 1000));
    const signature = how.signature ?? signed(timestamp, body);
    const headers = {
      'Content-Type': 'application/json',
      'X-Signature-Ed25519': signature,
      'X-Signature-Timestamp': timestamp,
    };
    const response = await fetch(`${stage.url}${path}`, { method: 'POST', body, headers });
    return { status: response.status, body: await response.text() };
  };

  const wordsTo = ({ id }: { readonly id: string }) => shown.filter((each) => each.interaction === id).map(({ body }) => wordsOf(body));
  const { tell, saying, tasks }: Pick<ActsWorld, 'tell' | 'saying' | 'tasks'> = {
    tell: async (given, way = 'gateway') => {
      toldMs.set(given.id, performance.now());
      if (way === 'gateway') {
        await gateway(given, { seq: 1, isReplay: false, cameMs: performance.now() });
        return void (await Promise.all(underWay));
      }
      byHttp.add(given.id);
      const { status, body } = await post('/discord/interactions', JSON.stringify(given));
      if (status !== 200) throw new Error(`answered ${status}`);
      keep('callback', given.id, JSON.parse(body) as { type: number });
      await acts.ended();
    },
    saying: (given) => vi.waitFor(() => wordsTo(given).find((each) => each !== '') ?? Promise.reject(new Error('nothing was said'))),
    tasks: (threadRef) => tasksIn(stage.core, threadRef),
  };
  return Object.assign(world, {
    ...stage,
    owner,
    context: context!,
    shown,
    direct,
    fetched,
    words: wordsTo,
    fail: (path: string, error: Error | null) => void (error === null ? failing.delete(path) : failing.set(path, error)),
    tell,
    saying,
    post,
    sign: signed,
    tasks,
    async waiting(count = 20): Promise<Waiting> {
      await tell(command('ask', { request: `find me ${count} leads in Miami` }, { at: 'thread' }));
      const { id } = (await tasks(IN_THREAD)).at(-1)!;
      return { id, press: (act, more = {}) => press(choiceId(act, id as TaskId), { at: 'thread', ...more }) };
    },
  }) as ActsWorld;
}

const known = { guild: ACME, locked: false, isPrivate: false } as const;
const whereIs: Readonly<Record<string, Where>> = {
  [THREAD]: { ...known, parent: GENERAL, type: 11, name: 'leads' },
  [GENERAL]: { ...known, parent: null, type: 0, name: 'general' },
};

const guilds: Guilds = {
  whereIs: async (channel): Promise<Where | null> => whereIs[channel] ?? null,
  administers: () => null,
  nameOf: () => null,
  channelsAfter: () => [],
  attachMost: () => 10_485_760,
};

/** All texts and labels, a line each. */
export function wordsOf(body: Body): string {
  return linesIn((body.components ?? []) as never).join('\n');
}
