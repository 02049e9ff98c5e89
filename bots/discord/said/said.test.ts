// What people say in Discord, through a running product.

import { beforeEach, expect, test, vi } from 'vitest';
import { wholeWorkspace } from '#core/domain/workspaces/place.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { DiscordNo } from '../api/call.ts';
import { nonceOf } from '../nonce.ts';
import { dmOf, openListeningWorld } from '../testing/listening-world.ts';
import {
  asHistory,
  attachmentOf,
  GUILD,
  HARBOR,
  ME,
  mention,
  messageOf,
  people,
  places,
  type Told,
  type ToldMore,
} from '../testing/told.ts';

const world = forAll(() => openListeningWorld(), 60_000);
const { ann, bo, gus, olga } = people;
const { general, sales, post, voice, thread, locked, harbor } = places;
const us = `<@${ME}>`;
const asked = 'find me 3 leads';

const OURS = '800000000000000001';
const OTHERS = '800000000000000002';
beforeEach(() => {
  world().answer(`GET /guilds/${GUILD}/members/${ME}`, { roles: [OURS], flags: 0, joined_at: '2024-01-01' }, 1_000);
});

const pingReply: ToldMore = { type: 19, mentions: [mention(ME)] };
const oneFile = { attachments: [attachmentOf('900000000000000001', 'list.csv')] };

test.each<[string, string, string, ToldMore, (message: Told) => string, string]>([
  ['that mentions us in a channel', general, `${us} ${asked}`, {}, ({ id }) => `discord:${GUILD}:${general}:${id}`, asked],
  ['with the mention of an old client', sales, `<@!${ME}>, ${asked}`, {}, ({ id }) => `discord:${GUILD}:${sales}:${id}`, asked],
  [
    'with the mention behind its words',
    general,
    `${asked} ${us}`,
    {},
    ({ id }) => `discord:${GUILD}:${general}:${id}`,
    `${asked} @Impacter`,
  ],
  ['that replies to us with a ping', general, asked, pingReply, ({ id }) => `discord:${GUILD}:${general}:${id}`, asked],
  ['that mentions us in a thread', thread, `${us} ${asked}`, {}, () => `discord:${GUILD}:${general}:${thread}`, asked],
  ['that mentions us in a forum post', post, `${us} ${asked}`, {}, () => `discord:${GUILD}:${places.ideas}:${post}`, asked],
  ['in the text of a voice channel', voice, `${us} ${asked}`, {}, () => `discord:${GUILD}:${voice}:${voice}`, asked],
  [
    'that mentions a role of ours',
    general,
    `<@&${OURS}> ${asked}`,
    { mention_roles: [OURS] },
    ({ id }) => `discord:${GUILD}:${general}:${id}`,
    asked,
  ],
  [
    'that also mentions everyone',
    general,
    `${us} ${asked} @everyone`,
    { mention_everyone: true },
    ({ id }) => `discord:${GUILD}:${general}:${id}`,
    `${asked} @everyone`,
  ],
  [
    'with names, channels, emoji, times and commands in it',
    general,
    `${us} ${asked} for <@${bo}> in <#${sales}> by <t:1700000000:R> <:smile:${OTHERS}> </ask:${OTHERS}> <@&${OTHERS}>`,
    { mention_roles: [OTHERS] },
    ({ id }) => `discord:${GUILD}:${general}:${id}`,
    `${asked} for @Bo in #channel by 2023-11-14 22:13 UTC :smile: /ask @role`,
  ],
  [
    'that forwards another one beside a mention',
    general,
    `${us} ${asked} like these`,
    { message_snapshots: [{ message: { content: 'Ada and Grace' } }] as never },
    ({ id }) => `discord:${GUILD}:${general}:${id}`,
    `${asked} like these\n\nAda and Grace`,
  ],
])('a message %s is a request, answered in its thread', async (_, channel, text, more, ref, words) => {
  const { say, tasks } = world();
  const message = await say(channel, ann, text, more);
  expect(await tasks(ref(message))).toMatchObject([{ text: words }]);
});

test.each<[string, string, string, string, ToldMore]>([
  ['that mentions everyone', general, ann, `@everyone ${asked}`, { mention_everyone: true }],
  ['that mentions the role of others', general, ann, `<@&${OTHERS}> ${asked}`, { mention_roles: [OTHERS] }],
  ['that mentions nobody', general, ann, asked, {}],
  ['of a bot', general, bo, `${us} ${asked}`, { author: { bot: true }, nonce: 'theirs' }],
  ['of Discord itself', general, bo, `${us} ${asked}`, { author: { system: true } }],
  ['of a webhook', general, bo, `${us} ${asked}`, { webhook_id: OTHERS }],
  ['in a locked thread', locked, ann, `${us} ${asked}`, {}],
  ['of a place that we cannot see', places.secret, ann, `${us} ${asked}`, {}],
  ['that says who joined', general, ann, `${us} ${asked}`, { type: 7 }],
  ['that is an answer of another app', general, ann, `${us} ${asked}`, { type: 20 }],
  ['that is a remark among people', general, ann, `${us} (aside) ${asked}`, {}],
  ['with a sticker alone, in reply to us', general, ann, '', pingReply],
])('a message %s starts nothing', async (_, channel, who, text, more) => {
  const { say, core } = world();
  const before = await core.store.prisma.ask.count();
  await say(channel, who, text, more);
  expect(await core.store.prisma.ask.count()).toBe(before);
});

test('in a direct message everything is for us: words, a forward, files under their real names, and a file alone, which is answered', async () => {
  const { say, tasks, link, answers } = world();
  const direct = { guild_id: undefined, member: undefined } as unknown as ToldMore;
  const dm = dmOf(ann);
  await link(ann);
  await say(dm, ann, asked, direct);
  await say(dm, ann, '', {
    ...direct,
    message_snapshots: [{ message: { content: 'find me 2 leads', ...oneFile } }] as never,
  });
  await say(dm, ann, 'find me 4 leads', {
    ...direct,
    attachments: [attachmentOf('900000000000000002', 'xx.csv', { title: '고객 목록' })],
  });
  await say(dm, ann, '', { ...direct, ...oneFile });
  const ref = `discord:@me:${dm}:${dm}`;
  expect(await tasks(ref)).toMatchObject([
    { text: asked, files: [] },
    { text: 'find me 2 leads', files: ['list.csv'] },
    { text: 'find me 4 leads', files: ['고객 목록.csv'] },
  ]);
  await vi.waitFor(() => expect(answers(ref)).toContainEqual(expect.stringContaining('Your request is empty')));
});

test('a message is the same request by the gateway, told again, and found in the history of its channel', async () => {
  const { told, tasks, clock, core, answer, anew } = world();
  const message = messageOf(clock.now(), general, bo, `${us} find me 4 leads`, {
    member: { ...memberWith([OTHERS]), nick: 'Bobby' },
  });
  answer(`GET /guilds/${GUILD}/members/${bo}`, {
    ...memberWith([OTHERS]),
    nick: 'Bobby',
    user: { id: bo },
  });
  await told('MESSAGE_CREATE', asHistory(message));
  const speakers = async () =>
    (await core.store.prisma.identity.findMany({ where: { externalId: bo } })).map(({ displayName, space }) => [displayName, space]);
  expect(await speakers()).toEqual([['Bobby', '']]);
  await anew();
  await told('MESSAGE_CREATE', message);
  await told('MESSAGE_CREATE', message);
  expect(await tasks(`discord:${GUILD}:${general}:${message.id}`)).toHaveLength(1);
  expect(await speakers()).toEqual([['Bobby', '']]);
});

test('in a thread its asker goes on without a mention until somebody else speaks, and twenty messages of two people reserve nothing', async () => {
  const { say, tasks, begin, owner, core } = world();
  const root = await say(general, ann, `${us} find me 2 leads`);
  const ref = begin(root);
  await over(ref, 1);
  // A reply without a ping.
  await say(root.id, ann, 'find me 4 leads', { type: 19 });
  await over(ref, 2);
  const before = await owner.ledger();
  for (let i = 0; i < 20; i++) await say(root.id, i % 2 === 0 ? bo : ann, `find me ${i + 2} leads`);
  expect(await tasks(ref)).toHaveLength(2);
  expect(await owner.ledger()).toEqual(before);
  // Whoever forwards something there says nothing.
  const asks = await core.store.prisma.ask.count();
  await say(root.id, ann, '', { message_snapshots: [{ message: { content: asked } }] as never });
  expect(await core.store.prisma.ask.count()).toBe(asks);
});

test('a channel where every message is for us needs no mention', async () => {
  const { say, tasks, app } = world();
  const place = {
    ref: `discord:${GUILD}:${sales}`,
    platform: 'discord',
    workspace: GUILD,
    kind: 'channel',
    name: '#sales',
    private: false,
  } as const;
  await app.workspaces.rulePlace(place, { answers: 'always' });
  world().clock.forward(11_000);
  const message = await say(sales, bo, 'find me 5 leads');
  expect(await tasks(`discord:${GUILD}:${sales}:${message.id}`)).toMatchObject([{ text: 'find me 5 leads' }]);
  await app.workspaces.rulePlace(place, { answers: 'mention' });
});

test('“mute” in a thread leaves only mentions to us, “unmute” takes it back, and everybody there is told', async () => {
  const { say, tasks, begin, posts } = world();
  const root = await say(general, ann, `${us} find me 2 leads`);
  const ref = begin(root);
  await say(root.id, ann, `${us} mute`);
  await say(root.id, ann, 'find me 4 leads');
  expect(await tasks(ref)).toHaveLength(1);
  await say(root.id, ann, `${us} find me 4 leads`);
  await say(root.id, ann, `${us} unmute`);
  await say(root.id, ann, 'find me 5 leads');
  expect(await tasks(ref)).toHaveLength(3);
  await vi.waitFor(() =>
    expect(posts(root.id)).toEqual([expect.stringContaining('Thread muted'), expect.stringContaining('Thread unmuted')]),
  );
  const outside = await say(general, ann, `${us} mute`);
  await vi.waitFor(() => expect(posts(dmOf(ann)).at(-1)).toContain('in that thread'));
  expect(await tasks(`discord:${GUILD}:${general}:${outside.id}`)).toEqual([]);
});

test.each([
  ['a guest of a voice channel', gus, { flags: 16 }],
  ['somebody who has not passed the screening', olga, { pending: true }],
])('%s is refused, and told so in a direct message alone', async (_, who, more) => {
  const { say, tasks, posts } = world();
  const message = await say(general, who, `${us} ${asked}`, {
    member: { ...memberWith([]), ...more },
  });
  await vi.waitFor(() => expect(posts(dmOf(who))).toEqual([expect.stringMatching(/Guests/)]));
  expect(posts(dmOf(who))[0]).toContain(`https://discord.com/channels/${GUILD}/${general}/${message.id}`);
  expect(await tasks(`discord:${GUILD}:${general}:${message.id}`)).toEqual([]);
});

test('somebody who left the server, and whose message is found later, is refused', async () => {
  const { told, clock, answer, tasks, core } = world();
  const message = messageOf(clock.now(), general, olga, `${us} ${asked}`);
  answer(`GET /guilds/${GUILD}/members/${olga}`, new DiscordNo('Unknown Member', { status: 404, code: 10_007 }));
  await told('MESSAGE_CREATE', asHistory(message));
  expect(await tasks(`discord:${GUILD}:${general}:${message.id}`)).toEqual([]);
  expect(await core.store.prisma.ask.findUnique({ where: { key: `discord:m:${message.id}` } })).toMatchObject({ outcome: 'refused' });
});

test('on a server that no team pays for, links are offered once, in a direct message, and whoever linked their account pays with their own team', async () => {
  const { say, tasks, posts, told, link, person } = world();
  const { mia } = people;
  const there = { guild_id: HARBOR };
  const first = await say(harbor, mia, `${us} ${asked}`, there);
  await told('MESSAGE_CREATE', first);
  await vi.waitFor(() =>
    expect(posts(dmOf(mia))).toEqual([expect.stringMatching(/No team pays[^]*Link account: http[^]*Link server: http/)]),
  );
  expect(await tasks(`discord:${HARBOR}:${harbor}:${first.id}`)).toEqual([]);
  await link(mia, await person());
  const next = await say(harbor, mia, `${us} ${asked}`, there);
  expect(await tasks(`discord:${HARBOR}:${harbor}:${next.id}`)).toMatchObject([{ text: asked }]);
});

test('where direct messages are closed, a button below the message shows the answer to its person alone', async () => {
  const { say, answer, posts, listening, calls } = world();
  const dm = dmOf(gus);
  answer(`POST /channels/${dm}/messages`, new DiscordNo('Cannot send messages to this user', { status: 403, code: 50_007 }), 100);
  const message = await say(general, gus, `${us} ${asked}`, {
    member: { ...memberWith([]), flags: 16 },
  });
  await vi.waitFor(() => expect(posts(general).at(-1)).toContain(`Open your answer: show:${gus}`));
  expect(calls.at(-1)?.body).toMatchObject({
    message_reference: { message_id: message.id },
    allowed_mentions: { parse: [] },
  });
  const opens = (author: string) => {
    answer(`GET /channels/${general}/messages/${message.id}`, asHistory(message));
    answer(`GET /guilds/${GUILD}/members/${gus}`, { ...memberWith([]), flags: 16 });
    return listening.again({ channel: general, id: message.id }, author, AbortSignal.timeout(5_000));
  };
  expect(await opens(gus)).toMatchObject({
    kind: 'private',
    reply: { fallback: expect.stringContaining('Guests') },
  });
  expect(await opens(bo)).toBeNull();
});

test('an answer for one person is told once, also when its message is told again minutes later by another process', async () => {
  const { say, told, posts, clock, anew } = world();
  const { length } = posts(dmOf(gus));
  world().answer(`POST /channels/${dmOf(gus)}/messages`, { id: '600000000000000000', channel_id: dmOf(gus) }, 100);
  const message = await say(general, gus, `${us} ${asked}`, {
    member: { ...memberWith([]), flags: 16 },
  });
  await told('MESSAGE_CREATE', message);
  await vi.waitFor(() => expect(posts(dmOf(gus))).toHaveLength(length + 1));
  clock.forward(6 * 60_000);
  await anew();
  await told('MESSAGE_CREATE', message);
  await world().listening.ended();
  expect(posts(dmOf(gus))).toHaveLength(length + 1);
});

test('what Discord tells of our own post confirms its letter, and a second post of it is deleted', async () => {
  const { say, told, core, calls, clock } = world();
  const message = await say(general, ann, `${us} find me 6 leads`);
  const ref = `discord:${GUILD}:${general}:${message.id}`;
  await over(ref, 1);
  const letter = await core.store.prisma.letter.findFirstOrThrow({
    where: { conversation: { threadRef: ref } },
    orderBy: { seq: 'asc' },
  });
  const ours = (id: string) => ({
    ...messageOf(clock.now(), message.id, ME, '', { author: { bot: true } }),
    id,
    nonce: nonceOf(letter.id),
  });
  await core.store.prisma.letter.update({
    where: { id: letter.id },
    data: { state: 'unknown', messageRef: null, nextAt: new Date('2099-01-01') },
  });
  await told('MESSAGE_CREATE', ours('610000000000000001'));
  expect(await core.store.prisma.letter.findUniqueOrThrow({ where: { id: letter.id } })).toMatchObject({
    state: 'sent',
    messageRef: `${message.id}/610000000000000001`,
  });
  await told('MESSAGE_CREATE', ours('610000000000000002'));
  expect(calls.at(-1)).toMatchObject({
    method: 'DELETE',
    path: `/channels/${message.id}/messages/610000000000000002`,
  });
});

test('what has a shape that Discord does not send is left, and what fails for another reason is taken, and tried again by itself', async () => {
  const { told, answer, clock, tasks } = world();
  for (const data of [null, 7, {}, { id: 'x' }, { ...messageOf(clock.now(), general, ann, us), author: null }])
    await told('MESSAGE_CREATE', data as object);
  const message = messageOf(clock.now(), general, bo, `${us} ${asked}`);
  answer(`GET /guilds/${GUILD}/members/${bo}`, new DiscordNo('limited', { status: 429, code: 0, retryAfterMs: 1_000 }));
  await world().anew();
  await told('MESSAGE_CREATE', asHistory(message));
  expect(await tasks(`discord:${GUILD}:${general}:${message.id}`)).toEqual([]);
  answer(`GET /guilds/${GUILD}/members/${bo}`, memberWith([]));
  await vi.waitFor(async () => {
    clock.forward(1_000);
    expect(await tasks(`discord:${GUILD}:${general}:${message.id}`)).toHaveLength(1);
  });
});

function memberWith(roles: string[]) {
  return {
    roles,
    flags: 0,
    joined_at: '2024-01-01T00:00:00.000000+00:00',
    deaf: false,
    mute: false,
  };
}

async function over(ref: string, count: number): Promise<void> {
  await vi.waitFor(async () => expect((await world().tasks(ref)).map(({ status }) => status)).toEqual(Array(count).fill('completed')));
}

test('found in a history, what became a request or was for nobody is known, and what its author may not have been told is taken again', async () => {
  const { say, listening } = world();
  const [request, refused] = [
    await say(general, ann, `${us} ${asked}`),
    await say(general, gus, `${us} ${asked}`, { member: { ...memberWith([]), flags: 16 } }),
  ];
  const unheard = messageOf(world().clock.now(), general, ann, `${us} ${asked}`);
  const found = await listening.settled([request, refused, unheard].map((each) => asHistory(each) as { id: string }));
  expect([...found]).toEqual([request.id]);
});

test('where a server is open in listed channels alone, each request elsewhere is answered once, to its person, and a thread or forum post follows its channel', async () => {
  const { say, tasks, posts, owner, app, listening } = world();
  const name = { platform: 'discord', workspace: GUILD, kind: 'channel', private: false } as const;
  await app.workspaces.rulePlace(wholeWorkspace('discord', GUILD), { onlyListed: true });
  await app.workspaces.rulePlace({ ...name, ref: `discord:${GUILD}:${sales}`, name: '#sales' }, { open: true });
  const holds = async () => (await owner.ledger()).filter((line) => line.startsWith('hold')).length;
  const [before, told] = [await holds(), posts(dmOf(bo)).length];
  try {
    for (const channel of [general, thread, post]) {
      const message = await say(channel, bo, `${us} ${asked}`);
      await world().told('MESSAGE_CREATE', message, true);
    }
    await listening.ended();
    expect(posts(dmOf(bo)).slice(told)).toEqual(Array(3).fill(expect.stringMatching(/can’t be started in this channel, only in #sales\./)));
    expect(await holds()).toBe(before);
    expect(await app.workspaces.place(`discord:${GUILD}:${places.ideas}`)).toMatchObject({ name: '#ideas' });
    const there = await say(sales, bo, `${us} ${asked}`);
    expect(await tasks(`discord:${GUILD}:${sales}:${there.id}`)).toHaveLength(1);
    await app.workspaces.rulePlace({ ...name, ref: `discord:${GUILD}:${places.ideas}`, name: '#ideas' }, { open: true });
    await say(post, bo, `${us} ${asked}`);
    expect((await tasks(`discord:${GUILD}:${places.ideas}:${post}`)).length).toBeGreaterThan(0);
  } finally {
    await app.workspaces.rulePlace(wholeWorkspace('discord', GUILD), { onlyListed: false });
  }
});
