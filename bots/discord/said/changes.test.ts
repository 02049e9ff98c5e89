// What becomes of messages after they were said: edits and deletions.

import { expect, test, vi } from 'vitest';
import { heardLog } from '#core/testing/runner/heard-log.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { openListeningWorld } from '../testing/listening-world.ts';
import { GUILD, ME, messageOf, people, places, type Told } from '../testing/told.ts';
import type { SaidDeps } from './deps.ts';
import { saidHandlers } from './handlers.ts';

const world = forAll(async () => {
  const opened = await openListeningWorld();
  await opened.app.privacy.setTeamSettings(opened.owner, { confirmAbove: '10000000' });
  return opened;
}, 60_000);
const { ann, bo } = people;
const { general } = places;
const us = `<@${ME}>`;

const refOf = ({ id }: Told) => `discord:${GUILD}:${general}:${id}`;
const edited = (message: Told, content: string, at = world().clock.now()) => ({
  ...message,
  content,
  edited_timestamp: at.toISOString(),
});
const statuses = async (message: Told) => (await world().tasks(refOf(message))).map(({ text, status }) => [text, status]);

test('an update that says nothing of its message but its id, as of a link’s preview, is no news', async () => {
  const log = heardLog();
  const deps = { log, settings: { messageContent: true } } as unknown as SaidDeps;
  const { MESSAGE_UPDATE: update } = saidHandlers(deps, (() => ({})) as never).dispatch;
  const preview = { id: '400000000000000001', channel_id: general, guild_id: GUILD, embeds: [] };
  await update!(preview, { seq: 1, isReplay: false, cameMs: 0 });
  expect(log.heard).toEqual([]);
});

test('an edited request waits for approval, and is not asked again when a link’s preview is drawn later', async () => {
  const { say, told } = world();
  const message = await say(general, ann, `${us} find me 3 leads`);
  await vi.waitFor(async () => expect(await statuses(message)).toEqual([['find me 3 leads', 'completed']]));
  const edit = edited(message, `${us} find me 5 leads in Boston`);
  for (const event of [edit, edit, { ...edit, embeds: [{ title: 'a preview' }] }]) await told('MESSAGE_UPDATE', event);
  expect(await statuses(message)).toEqual([
    ['find me 3 leads', 'completed'],
    ['find me 5 leads in Boston', 'awaiting_approval'],
  ]);
});

test.each<[string, (message: Told) => object, number]>([
  ['the preview of a link', (message) => ({ ...message, embeds: [{ title: 'a preview' }] }), 0],
  ['a pin', (message) => ({ ...message, pinned: true }), 0],
  ['an edit that asks for the same', (message) => edited(message, `${us} Find me 3 LEADS!`), 1],
  [
    'an edit of ours',
    (message) => ({ ...edited(message, 'find me 5 leads'), author: { ...message.author, id: ME, bot: true }, nonce: 'x' }),
    0,
  ],
])('%s changes nothing', async (_, change, rows) => {
  const { say, told, core } = world();
  const message = await say(general, ann, `${us} find me 3 leads`);
  const before = await core.store.prisma.ask.count();
  await told('MESSAGE_UPDATE', change(message));
  expect([(await statuses(message)).length, (await core.store.prisma.ask.count()) - before]).toEqual([1, rows]);
});

test('an edit that names us for the first time is no request', async () => {
  const { say, told, core } = world();
  const message = await say(general, bo, 'find me 3 leads');
  await told('MESSAGE_UPDATE', {
    ...edited(message, `${us} find me 3 leads`),
    mentions: [{ id: ME, username: 'impacter' }],
  });
  expect(await core.store.prisma.ask.count({ where: { key: `discord:m:${message.id}` } })).toBe(0);
});

test.each<[string, (message: Told) => [string, object]]>([
  ['its author, or a moderator', ({ id, channel_id, guild_id }) => ['MESSAGE_DELETE', { id, channel_id, guild_id }]],
  [
    'a moderator together with a hundred others',
    ({ id, channel_id, guild_id }) => [
      'MESSAGE_DELETE_BULK',
      {
        ids: [...Array.from({ length: 99 }, (_, i) => String(700_000_000_000_000_000n + BigInt(i))), id],
        channel_id,
        guild_id,
      },
    ],
  ],
])('a request that waits is canceled when it is deleted by %s, also after a restart', async (_, deletion) => {
  const { say, told, anew } = world();
  const message = await say(general, ann, `${us} find me 20 leads`);
  expect(await statuses(message)).toEqual([['find me 20 leads', 'awaiting_approval']]);
  await anew();
  await told(...deletion(message));
  await vi.waitFor(async () => expect(await statuses(message)).toEqual([[expect.any(String), 'canceled']]));
  // Told again, and after it the message itself: nothing of it comes back.
  await told(...deletion(message));
  await told('MESSAGE_CREATE', message);
  expect(await statuses(message)).toHaveLength(1);
});

/** As a process leaves it that stored it and was killed. */
async function left(message: Told): Promise<void> {
  const { core, clock } = world();
  const { id, channel_id: place, author } = message;
  const row = { key: `discord:m:${id}`, platform: 'discord', place, workspace: GUILD, author: author.id, came: Number(id) % 1e9 };
  await core.store.inbox.keep({ ...row, body: JSON.stringify({ kind: 'said', message }) }, 'a killed process', clock.now(), clock.now());
}

test('what a killed process had stored is heard once, also when it is told again', async () => {
  const { told, clock } = world();
  const message = messageOf(clock.now(), general, ann, `${us} find me 6 leads`);
  await left(message);
  await told('MESSAGE_CREATE', message);
  clock.forward(2_000);
  await vi.waitFor(async () => expect(await statuses(message)).toEqual([['find me 6 leads', 'completed']]));
  await vi.waitFor(async () => expect(await world().core.store.prisma.chatEvent.count()).toBe(0));
  expect(await statuses(message)).toHaveLength(1);
});

test('an edit of what another process still has is not lost: its message is heard first, and once', async () => {
  const { told, clock } = world();
  const message = messageOf(clock.now(), general, bo, `${us} find me 9 leads`);
  await left(message);
  await told('MESSAGE_UPDATE', edited(message, `${us} find me 5 leads in Boston`));
  const both = [
    ['find me 9 leads', 'completed'],
    ['find me 5 leads in Boston', 'awaiting_approval'],
  ];
  await vi.waitFor(async () => expect(await statuses(message)).toEqual(both));
  clock.forward(2_000);
  await vi.waitFor(async () => expect(await world().core.store.prisma.chatEvent.count()).toBe(0));
  expect(await statuses(message)).toEqual(both);
});

test('a message that is deleted before anybody handled it starts nothing, whoever has it', async () => {
  const { told, clock, core } = world();
  const one = messageOf(clock.now(), general, ann, `${us} find me 7 leads`);
  const two = messageOf(clock.now(), general, bo, `${us} find me 8 leads`);
  for (const message of [one, two]) await left(message);
  await told('MESSAGE_DELETE', { id: one.id, channel_id: general, guild_id: GUILD });
  await told('MESSAGE_DELETE_BULK', { ids: [two.id], channel_id: general, guild_id: GUILD });
  expect(await core.store.prisma.chatEvent.count()).toBe(0);
  for (const message of [one, two]) expect((await statuses(message)).filter(([, status]) => status !== 'canceled')).toEqual([]);
});
