// What people do in Discord, through its gateway and back: a running product on the sandbox.

import { expect, onTestFinished, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { openStage } from '#core/testing/stages/stage.ts';
import type { Adapter } from '#bots/adapter.ts';
import { discord } from './adapter.ts';
import { linesIn } from './draw/read.ts';
import { refs } from './refs.ts';
import { botId } from './sandbox/bot.ts';
import { discordPeople, type SeenMessage } from './sandbox/client.ts';
import { defaultToken, startDiscordSandbox } from './sandbox/server.ts';
import type { DiscordSettings } from './settings.ts';

const [acme, harbor] = ['110000000000000001', '110000000000000002'];
const [ann, bo, gus, mia] = ['120000000000000001', '120000000000000002', '120000000000000003', '120000000000000004'];
const [general, ideas, pier] = ['130000000000000001', '130000000000000002', '130000000000000003'];
const AI = '140000000000000001';

test('people ask by mention, in threads that nobody announced, and in forum posts, and are answered in their threads', async () => {
  const { people, answer, tasks } = await open();
  const { id } = await people.say(general, '@impacter find me 3 leads', { from: ann });
  await answer(id, /Done: 3 leads/);
  const thread = await people.thread(general, 'talk', bo);
  await people.unannounce(thread);
  await people.say(thread, '@impacter find me 2 leads', { from: bo });
  await answer(thread, /Done: 2 leads/);
  const post = await people.post(ideas, 'Leads', '@impacter find me 4 leads', ann);
  await answer(post.id, /Done: 4 leads/);
  expect(await tasks(refs.format({ guild: acme, channel: ideas, thread: post.id }))).toEqual(['completed']);
}, 60_000);

test('an edit waits for approval, and a request that a moderator deletes with others is canceled', async () => {
  const { people, answer, tasks } = await open();
  const [asked, waits, other] = [
    await people.say(general, '@impacter find me 3 leads', { from: ann }),
    await people.say(general, '@impacter find me 20 leads', { from: ann }),
    await people.say(general, 'never mind', { from: bo }),
  ];
  await answer(asked.id, /Done: 3 leads/);
  await people.preview(asked.id);
  await people.edit(asked.id, '@impacter find me 5 leads in Boston');
  const of = ({ id }: { id: string }) => tasks(refs.format({ guild: acme, channel: general, thread: id }));
  await vi.waitFor(async () => expect(await of(asked)).toEqual(['completed', 'awaiting_approval']));
  await people.remove([waits.id, other.id], ann);
  await vi.waitFor(async () => expect(await of(waits)).toEqual(['canceled']));
}, 60_000);

test('whoever may not ask is told so in a direct message, or below their message where they take none', async () => {
  const { people, told } = await open();
  await people.say(general, '@impacter find me 3 leads', { from: gus });
  await told(gus, /Guests[^]*About your message in #general: https:/);
  await people.member(acme, { id: gus, name: 'Gus', kind: 'guest', dmsClosed: true });
  const { id } = await people.say(general, '@impacter find me 4 leads', { from: gus });
  await vi.waitFor(async () => {
    const below = (await people.messages(general)).filter(({ isBot }) => isBot);
    expect(below.at(-1)).toMatchObject({ replyTo: { message: id }, buttons: [{ customId: `show:${gus}` }] });
  });
}, 60_000);

test('a server is welcomed when it adds the app, offers its links, and has ended when it removed the app while nobody was there', async () => {
  const { people, told, stop, start } = await open();
  await people.join(harbor);
  await vi.waitFor(async () => expect((await people.messages(pier)).map(textOf)).toEqual([expect.stringContaining('is ready')]));
  await people.say(pier, '@impacter find me 3 leads', { from: mia });
  await told(mia, /No team pays[^]*Link account[^]*Link server/);
  await stop();
  await people.leave(harbor);
  const { core } = await start();
  await vi.waitFor(async () => expect(await core.store.installations.find('discord', harbor)).toBeNull());
}, 60_000);

test('without the right to read, the mention of a role is answered with a form', async () => {
  const { people } = await open({ messageContent: false });
  await people.say(general, `<@&${AI}> find me 3 leads`, { from: ann });
  await vi.waitFor(async () => {
    const below = (await people.messages(general)).filter(({ isBot }) => isBot);
    expect(below.at(-1)).toMatchObject({ buttons: [{ customId: 'ask' }] });
  });
}, 60_000);

function textOf({ components }: SeenMessage): string {
  return linesIn(components as never).join('\n');
}

async function open(more: Partial<DiscordSettings> = {}) {
  const sandbox = await startDiscordSandbox({ limitFactor: 1_000_000 });
  const people = discordPeople(sandbox.url);
  await people.guild(acme, { name: 'Acme', owner: ann });
  await people.role(acme, { id: AI, name: 'AI', permissions: '0' });
  await people.botRoles(acme, [AI]);
  await people.member(acme, { id: ann, name: 'Ann' });
  await people.member(acme, { id: bo, name: 'Bo' });
  await people.member(acme, { id: gus, name: 'Gus', kind: 'guest' });
  await people.channel(acme, general, { name: 'general' });
  await people.channel(acme, ideas, { name: 'ideas', type: 15 });
  await people.guild(harbor, { name: 'Harbor', owner: mia, bot: false });
  await people.member(harbor, { id: mia, name: 'Mia' });
  await people.channel(harbor, pier, { name: 'pier' });
  await people.allowContent(true);

  const settings: DiscordSettings = {
    token: defaultToken,
    applicationId: botId,
    publicKey: null,
    clientSecret: null,
    apiUrl: sandbox.apiUrl,
    cdnHosts: [sandbox.cdnHost],
    messageContent: true,
    historyEveryMs: 0,
    ...more,
  };
  const agents = agentsThat(({ quantity }) => done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]));
  const stage = await openStage({ agents, adapters: [discord as unknown as Adapter], botSettings: { discord: settings } });
  onTestFinished(async () => {
    await stage.stop();
    await sandbox.stop();
  });
  const owner = await stage.person();
  await stage.app.privacy.setTeamSettings(owner, { confirmAbove: '10000000' });
  await stage.core.store.prisma.workspace.create({
    data: { id: newId(), platform: 'discord', externalId: acme, teamId: owner.teamId, name: 'Acme' },
  });
  await vi.waitFor(async () => expect(await people.connections()).toBe(1));
  return {
    people,
    stop: () => stage.product.stop(),
    start: () => stage.another(),
    answer: (thread: string, words: RegExp) =>
      vi.waitFor(async () => {
        const said = (await people.messages(thread)).filter(({ isBot }) => isBot).map(textOf);
        if (!said.some((each) => words.test(each))) throw new Error(`no answer says ${String(words)}: ${said.join('\n--\n')}`);
      }),
    told: (user: string, words: RegExp) => vi.waitFor(async () => expect((await people.dms(user)).map(textOf).at(-1)).toMatch(words)),
    async tasks(threadRef: string): Promise<string[]> {
      const { rows } = await stage.core.store.money.query<{ status: string }>(
        {
          text: 'SELECT t.status FROM tasks t JOIN conversations c ON c.id = t.conversation_id WHERE c.thread_ref = $1 ORDER BY t.created_at, t.id',
        },
        [threadRef],
      );
      return rows.map(({ status }) => status);
    },
  };
}
