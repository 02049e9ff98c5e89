// A running product that is told what Discord's gateway tells, without a gateway: answers are kept instead of posted, and calls of
// Discord's REST API are answered here.

import { Readable } from 'node:stream';
import type { Adapter, Context } from '#bots/adapter.ts';
import { newId } from '#core/domain/ids.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { openStage, type Person, type Stage, type StageOptions } from '#core/testing/stages/stage.ts';
import { clockByHand, type ClockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { DiscordNo, type Asked } from '../api/call.ts';
import { limits, renderDiscord } from '../draw/render.ts';
import type { Guilds, Where } from '../gateway/guilds.ts';
import { refs } from '../refs.ts';
import { listening, type Listening } from '../listening.ts';
import type { DiscordSettings } from '../settings.ts';
import { GUILD, HARBOR, ME, messageOf, people, places, type Told, type ToldMore } from './told.ts';

export interface ListeningWorld extends Stage {
  readonly clock: ClockByHand;
  readonly owner: Person;
  /** What Discord was asked, newest last. */
  readonly calls: Asked[];
  /** What is answered instead, by method and path; gone once it was used `times`. */
  answer(call: string, answer: object | DiscordNo, times?: number): void;
  /** The thread of this message is there from now on. Gives its ref. */
  begin(message: Told): string;
  /** Told as an event, until it is taken. */
  told(event: string, data: object, isReplay?: boolean): Promise<void>;
  /** Somebody says something, and Discord tells it. */
  say(channel: string, who: string, text: string, more?: ToldMore): Promise<Told>;
  /** Their account in Discord is this person's from now on; the owner's where nobody is named. */
  link(who: string, person?: Person): Promise<void>;
  /** What was asked in a thread: its text and its status. */
  tasks(threadRef: string): Promise<{ text: string; status: string; files: string[] }[]>;
  /** What letters say in a thread, oldest first. */
  answers(threadRef: string): string[];
  /** What Discord was told to post, as the texts of its components, by channel. */
  posts(channel: string): string[];
  /** Another process, which remembers nothing of this one. */
  anew(): Promise<Listening>;
  readonly listening: Listening;
  readonly settings: DiscordSettings;
}

/** Bytes that each file has. */
const CONTENT = 'name\nAda\n';

export async function openListeningWorld(more: Partial<DiscordSettings> = {}, options: StageOptions = {}): Promise<ListeningWorld> {
  const clock = clockByHand();
  const settings: DiscordSettings = {
    token: 'token',
    applicationId: ME,
    publicKey: null,
    clientSecret: null,
    apiUrl: null,
    messageContent: true,
    ...more,
  };
  const calls: Asked[] = [];
  const ordered = new Map<string, { answer: object | DiscordNo; times: number }>();
  const letters: { readonly threadRef: string; readonly text: string }[] = [];
  let context: Context<DiscordSettings> | undefined;
  let heard: Listening | undefined;
  let posted = 0;

  const open = () =>
    listening(context!, {
      guilds,
      me: async () => ME,
      titles: { note: () => undefined, of: () => null },
      async call(asked) {
        calls.push(asked);
        const name = `${asked.method} ${asked.path}`;
        const order = ordered.get(name);
        if (order !== undefined) {
          if (--order.times === 0) ordered.delete(name);
          if (order.answer instanceof DiscordNo) throw order.answer;
          return order.answer;
        }
        if (asked.path === '/users/@me/channels') return { id: dmOf((asked.body as { recipient_id: string }).recipient_id) };
        return { id: String(600_000_000_000_000_000n + BigInt(++posted)), channel_id: asked.path.split('/')[2] };
      },
    });

  const adapter: Adapter<DiscordSettings> = {
    platform: 'discord',
    delivery: 'posted',
    fetchesFiles: true,
    refs,
    limits,
    render: renderDiscord,
    async start(given) {
      context = given;
      heard = open();
      return {
        poster: {
          platform: 'discord',
          parts: () => 1,
          async post({ threadRef, reply }) {
            letters.push({ threadRef, text: reply.fallback });
            return { messageRef: `1/${letters.length}` };
          },
          look: async () => 'absent',
        },
        fetcher: {
          platform: 'discord',
          fetch: async () => ({
            sizeBytes: CONTENT.length,
            body: Readable.from([Buffer.from(CONTENT)]),
          }),
        },
        stop: () => heard!.stop(),
      };
    },
  };
  const agents = agentsThat(({ quantity }) => done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]));
  const stage = await openStage({
    agents,
    clock,
    ...options,
    adapters: [adapter as unknown as Adapter],
    botSettings: { discord: settings },
  });
  const owner = await stage.person();
  await stage.core.store.prisma.workspace.create({
    data: {
      id: newId(),
      platform: 'discord',
      externalId: GUILD,
      teamId: owner.teamId,
      name: 'Acme',
    },
  });

  const told: ListeningWorld['told'] = async (event, data, isReplay = false) =>
    heard!.dispatch[event]!(data, { seq: 1, isReplay, cameMs: performance.now() });
  return {
    ...stage,
    clock,
    owner,
    calls,
    settings,
    answer: (call, answer, times = 1) => void ordered.set(call, { answer, times }),
    begin({ id, channel_id: parent }) {
      channels[id] = of(GUILD, 11, 'a thread', parent);
      return refs.format({ guild: GUILD, channel: parent, thread: id });
    },
    told,
    async say(channel, who, text, given) {
      const message = messageOf(clock.now(), channel, who, text, given);
      await told('MESSAGE_CREATE', message);
      return message;
    },
    async link(who, { userId } = owner) {
      const account = {
        platform: 'discord',
        workspace: null,
        space: null,
        externalId: who,
        name: who,
      };
      const identity = await stage.core.store.people.rememberAccount(account as never);
      await stage.core.store.prisma.identity.update({ where: { id: identity }, data: { userId } });
    },
    async tasks(threadRef) {
      const { rows } = await stage.core.store.money.query<{
        text: string;
        status: string;
        files: string[];
      }>(
        {
          text: `SELECT t.request_text AS text, t.status, ARRAY(SELECT i.name FROM waiting_inputs i WHERE i.task_id = t.id UNION SELECT f.name FROM files f WHERE f.task_id = t.id AND f.role = 'input') AS files
                 FROM tasks t JOIN conversations c ON c.id = t.conversation_id WHERE c.thread_ref = $1 ORDER BY t.created_at, t.id`,
        },
        [threadRef],
      );
      return rows;
    },
    answers: (threadRef) => letters.filter((letter) => letter.threadRef === threadRef).map(({ text }) => text),
    posts: (channel) =>
      calls
        .filter(({ method, path }) => method === 'POST' && path === `/channels/${channel}/messages`)
        .map(({ body }) => textsIn((body as { components: unknown }).components).join('\n')),
    async anew() {
      await heard!.stop();
      heard = open();
      return heard;
    },
    get listening() {
      return heard!;
    },
  };
}

export function dmOf(user: string): string {
  return user.replace(/^5/, '7');
}

/** Texts, labels and addresses, in order. */
function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (!(value instanceof Object)) return [];
  const { content, label, url, custom_id: id, components, accessory } = value as Readonly<Record<string, unknown>>;
  const own = typeof content === 'string' ? [content] : typeof label === 'string' ? [`${label}: ${String(url ?? id)}`] : [];
  return [...own, ...textsIn(components), ...textsIn(accessory)];
}

const of = (guild: string | null, type: number, name: string, parent: string | null = null): Where => ({
  guild,
  type,
  name,
  parent,
  locked: false,
  isPrivate: false,
});

const channels: Record<string, Where> = {
  [places.general]: of(GUILD, 0, 'general'),
  [places.sales]: of(GUILD, 5, 'sales'),
  [places.ideas]: of(GUILD, 15, 'ideas'),
  [places.post]: of(GUILD, 11, 'An idea', places.ideas),
  [places.voice]: of(GUILD, 2, 'lounge'),
  [places.thread]: of(GUILD, 11, 'find me leads', places.general),
  [places.locked]: { ...of(GUILD, 12, 'closed', places.general), locked: true },
  [places.harbor]: of(HARBOR, 0, 'pier'),
  ...Object.fromEntries(Object.values(people).map((id) => [dmOf(id), of(null, 1, '')])),
  [places.dm]: of(null, 1, ''),
};

/** Ann may manage Acme, and Mia owns Harbor. Threads that begin later are told by their parents. */
const guilds: Guilds = {
  whereIs: async (channel) => channels[channel] ?? null,
  administers: (guild, user) => (guild === GUILD ? user === people.ann : user === people.mia),
  nameOf: (guild) => (guild === GUILD ? 'Acme' : 'Harbor'),
  channelsAfter: () => [],
  attachMost: () => 10 * 1024 * 1024,
};
