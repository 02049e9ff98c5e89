// Without the right to read messages: only those that mention us have a text.

import { expect, test, vi } from 'vitest';
import { forAll } from '#core/testing/stages/stage.ts';
import { openListeningWorld } from '../testing/listening-world.ts';
import { GUILD, ME, mention, messageOf, people, places, type ToldMore } from '../testing/told.ts';

const world = forAll(() => openListeningWorld({ messageContent: false }), 60_000);
const { ann } = people;
const { general, thread } = places;
const OURS = '800000000000000001';

test.each<[string, ToldMore]>([
  ['that mentions a role of ours', { mention_roles: [OURS] }],
  ['that replies to the answer of a command with a ping', { type: 19, mentions: [mention(ME)] }],
])('a message %s, and that we cannot read, asks for nothing and is answered with a form', async (_, more) => {
  const { say, answer, posts, calls, core, told, clock } = world();
  const [before, asks] = [posts(general).length, await core.store.prisma.ask.count()];
  answer(`GET /guilds/${GUILD}/members/${ME}`, {
    roles: [OURS],
    flags: 0,
    joined_at: '2024-01-01',
  });
  const message = await say(general, ann, '', more);
  await told('MESSAGE_CREATE', message);
  await say(general, ann, '', more);
  await vi.waitFor(() => expect(posts(general)).toHaveLength(before + 1));
  await world().listening.ended();
  expect(posts(general)).toHaveLength(before + 1);
  clock.forward(5_000);
  await world().anew();
  expect(posts(general).at(-1)).toMatch(/could not be read[^]*Enter request: ask$/);
  expect(calls.at(-1)?.body).toMatchObject({
    message_reference: { message_id: message.id },
    enforce_nonce: true,
  });
  expect(await core.store.prisma.ask.count()).toBe(asks);
});

test('a message that mentions us is read, and no other one is looked at', async () => {
  const { say, tasks, told, core, calls } = world();
  const message = await say(general, ann, `<@${ME}> find me 3 leads`);
  expect(await tasks(`discord:${GUILD}:${general}:${message.id}`)).toHaveLength(1);
  const [asks, asked] = [await core.store.prisma.ask.count(), calls.length];
  await say(thread, ann, '');
  await say(general, ann, '', { mentions: [mention(people.bo)] });
  await told('MESSAGE_UPDATE', {
    ...messageOf(world().clock.now(), general, ann, ''),
    id: message.id,
    edited_timestamp: new Date().toISOString(),
  });
  expect([await core.store.prisma.ask.count(), calls.length]).toEqual([asks, asked]);
});
