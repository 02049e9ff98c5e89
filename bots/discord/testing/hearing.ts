// People in the sandbox, for the contract of what comes in.

import { vi } from 'vitest';
import type { HearingStage, Who } from '../../testing/kit.ts';
import { refs } from '../refs.ts';
import { botId } from '../sandbox/bot.ts';
import { discordPeople, type DiscordPeople, type SeenMessage } from '../sandbox/client.ts';
import { defaultToken, startDiscordSandbox } from '../sandbox/server.ts';
import type { MemberKind } from '../sandbox/shapes.ts';
import type { DiscordSettings } from '../settings.ts';
import { isOlder } from '../snowflake.ts';
import { readable } from './stage.ts';

interface Place {
  readonly guild: string;
  readonly channel: string;
}

const acme: Place = { guild: '110000000000000001', channel: '130000000000000001' };
const harbor: Place = { guild: '110000000000000002', channel: '130000000000000009' };
const acmeOwner = '120000000000000099';

const people: Readonly<Record<Who, Place & { readonly id: string; readonly name: string; readonly kind: MemberKind }>> = {
  asker: { ...acme, id: '120000000000000001', name: 'Ann', kind: 'member' },
  other: { ...acme, id: '120000000000000002', name: 'Bo', kind: 'member' },
  guest: { ...acme, id: '120000000000000003', name: 'Gus', kind: 'guest' },
  outsider: { ...acme, id: '120000000000000004', name: 'Olga', kind: 'absent' },
  stranger: { ...harbor, id: '120000000000000009', name: 'Mia', kind: 'member' },
};

export async function startDiscordHearing(): Promise<HearingStage> {
  const discord = await startDiscordSandbox({ limitFactor: 1_000_000, heartbeatMs: 200 });
  const there = discordPeople(discord.url);
  await there.guild(acme.guild, { name: 'Acme', owner: acmeOwner });
  await there.guild(harbor.guild, { name: 'Harbor', owner: people.stranger.id });
  await there.channel(acme.guild, acme.channel, { name: 'general' });
  await there.channel(harbor.guild, harbor.channel, { name: 'general' });
  for (const { guild, id, name, kind } of Object.values(people)) await there.member(guild, { id, name, kind });
  const settings: DiscordSettings = {
    token: defaultToken,
    applicationId: botId,
    publicKey: discord.publicKey,
    clientSecret: null,
    apiUrl: discord.apiUrl,
    messageContent: true,
    cdnHosts: [discord.cdnHost],
    historyEveryMs: 0,
  };

  return {
    settings,
    workspace: acme.guild,
    // It connects by itself: a first message is told to whoever is there, and to nobody later.
    connect: () =>
      vi.waitFor(async () => {
        if ((await there.identifies()) === 0) throw new Error('nobody has identified yet');
        if ((await there.commands()).length === 0) throw new Error('there are no commands yet');
      }),
    tell: (how) => there.gateway(how),
    async say(who, text, { thread: ref, files = [] } = {}) {
      const { guild, channel, id } = people[who];
      const where = ref === undefined ? channel : refs.parse(ref)!.thread;
      const said = await there.say(where, ref === undefined ? `@impacter ${text}` : text, { from: id, files });
      return { thread: ref ?? refs.format({ guild, channel, thread: said.id }), message: said.id };
    },
    edit: (_who, { message }, text) => there.edit(message, `@impacter ${text}`),
    remove: (who, { message }) => there.remove([message], people[who].id),
    unconfirmed: () => there.lagging(),
    // An interaction is told once, and lives for three seconds.
    pressesAreRetold: false,
    press: (who, { message }, choice) => there.press(message, choice, people[who].id, { late: true }),
    async form(who) {
      const form = await there.form(people[who].id);
      return form && Object.fromEntries(form.fields.map(({ id, value }) => [id, value]));
    },
    submit: async (who, values) => there.submit((await there.form(people[who].id))!.id, values, people[who].id),
    command: (who, name, text) => there.command(people[who].channel, name, text === '' ? {} : { request: text }, people[who].id),
    loseFile: () => there.nextFile('gone'),
    async posts(ref) {
      return (await publicPosts(there, ref)).map((post) => ({
        message: post.id,
        text: wordsOf(post),
        choices: post.buttons.map(({ customId }) => customId),
      }));
    },
    async told(who, ref) {
      const { id } = people[who];
      return (await toldAlone(there, id, ref)).map(wordsOf);
    },
    stop: discord.stop,
  };
}

/** All of ours that people see of a thread: its root, answers to that in the channel, and what is in it. */
export async function publicPosts(there: DiscordPeople, ref: string): Promise<SeenMessage[]> {
  const { channel, thread } = refs.parse(ref)!;
  const around = await there.messages(channel);
  const within = thread === channel ? [] : await there.messages(thread);
  const isOf = ({ id, replyTo }: SeenMessage) => thread === channel || id === thread || replyTo?.message === thread;
  return [...around.filter(isOf), ...within].filter(({ isBot }) => isBot);
}

/**
 * What one person alone is told: in the thread of this ref, and in direct messages that lead to it. `ref` null: what answers
 * their commands, outside of threads. Oldest first.
 */
export async function toldAlone(there: DiscordPeople, user: string, ref: string | null): Promise<SeenMessage[]> {
  const alone = (await there.ephemerals(user)).filter(({ isThinking }) => !isThinking);
  if (ref === null) {
    const { channels } = await there.places();
    const threads = new Set(channels.filter(({ type }) => type === 10 || type === 11 || type === 12).map(({ id }) => id));
    return alone.filter(({ channel }) => !threads.has(channel));
  }
  const { thread } = refs.parse(ref)!;
  const direct = (await there.dms(user)).filter((message) => message.isBot && wordsOf(message).includes(`/${thread}`));
  const here = alone.filter(({ channel }) => channel === thread);
  return [...direct, ...here].toSorted((one, other) => (isOlder(one.id, other.id) ? -1 : 1));
}

export function wordsOf({ content, components }: Pick<SeenMessage, 'content' | 'components'>): string {
  return [...(content === '' ? [] : [content]), ...(components.length === 0 ? [] : [readable(components)])].join('\n');
}
