// What is for one person alone goes where it is still taken: into the answer to their interaction, then to their direct messages.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import type { LetterPart } from '#core/ports/poster.ts';
import type { ReplyHandles } from '#core/ports/reply-handles.ts';
import { replyOf } from '../../testing/replies.ts';
import { codes } from '../api/errors.ts';
import { publicKeyOf, verify } from '../http/verify.ts';
import { handleKey } from '../keys.ts';
import { readCustomId } from '../nonce.ts';
import { readOrigin } from '../origin.ts';
import { refs } from '../refs.ts';
import { discordPeople } from '../sandbox/client.ts';
import { startDiscordSandbox } from '../sandbox/server.ts';
import { furnish, ids, outDeps, readable } from '../testing/stage.ts';
import { answerTokens } from './answer-tokens.ts';
import { discordPoster } from './poster.ts';
import { discordShower } from './shower.ts';

const USES = 5;
const fills = 'PATCH /webhooks/:app/:token/messages/:message';
const follows = 'POST /webhooks/:app/:token';

test('an answer fills in what was promised, further ones follow for their person alone, and after five comes a direct message', async () => {
  const { people, poster, letter } = await open();
  for (let i = 1; i <= USES + 1; i++) await poster.post(letter(`Part ${i}`), soon());
  const alone = (await people.ephemerals(ids.ann)).map(({ components }) => readable(components).split('\n')[0]);
  expect(alone).toEqual([1, 2, 3, 4, 5].map((i) => `● Part ${i}`));
  expect((await people.dms(ids.ann)).map(({ components }) => readable(components).split('\n')[0])).toEqual(['● Part 6']);
  expect((await people.messages(ids.general)).filter(({ only }) => only === null)).toEqual([]);
});

test('what its buttons send back names the interaction that it all began with', async () => {
  const { people, poster, letter, interaction } = await open();
  const sent = letter('Ready');
  await poster.post(sent, soon());
  const [{ buttons }] = (await people.ephemerals(ids.ann)) as unknown as [{ buttons: { customId: string }[] }];
  const { choice, letterKey } = readCustomId(buttons[0]!.customId);
  expect([readOrigin(choice), letterKey]).toEqual([{ choice: 'approve:1', origin: interaction }, sent.key]);
});

test('a token that works no more leads to the direct message, and closed direct messages end only what is for this person', async () => {
  const { people, poster, letter } = await open();
  await people.advance(16 * 60_000);
  await poster.post(letter('Late'), soon());
  expect(await people.dms(ids.ann)).toHaveLength(1);
  await people.member(ids.guild, { id: ids.ann, name: 'Ann', dmsClosed: true });
  await expect(poster.post(letter('Later'), soon())).rejects.toMatchObject({ kind: 'never', why: 'closed', wholeChannel: false });
});

test('a lost answer is found where it filled in the promise, and nobody claims to know about one that followed', async () => {
  const { people, poster, letter } = await open();
  const first = letter('First');
  await people.next(fills, 'cut');
  await expect(poster.post(first, soon())).rejects.toMatchObject({ kind: 'unknown' });
  expect(await poster.look(first, soon())).toBe('absent');
  await people.next(fills, 'answer-lost');
  await expect(poster.post(first, soon())).rejects.toMatchObject({ kind: 'unknown' });
  const found = await poster.look(first, soon());
  expect(found).toHaveProperty('found.messageRef');
  // And trying again finds it there.
  expect({ found: await poster.post(first, soon()) }).toEqual(found);
  const second = letter('Second');
  await people.next(follows, 'answer-lost');
  await expect(poster.post(second, soon())).rejects.toMatchObject({ kind: 'unknown' });
  expect(await poster.look(second, soon())).toBe('cannot');
  expect(await people.ephemerals(ids.ann)).toHaveLength(2);
});

test('what Discord does not take as an answer is said plainly there', async () => {
  const { people, poster, letter } = await open();
  await people.refuse(fills, codes.invalidForm);
  await poster.post(letter('Ready'), soon());
  expect((await people.ephemerals(ids.ann)).map(({ components }) => readable(components))).toEqual(['● Ready\n[Approve]']);
});

test('what answers no interaction begins a conversation of direct messages, and so does what cannot be posted where it was asked', async () => {
  const { people, poster, letter } = await open();
  const first = { ...letter('Hello'), threadRef: `discord:@user:${ids.ann}:` };
  const { threadRef } = await poster.post(first, soon());
  expect(await poster.look(first, soon())).toMatchObject({ found: { threadRef } });
  await poster.post({ ...letter('Again'), threadRef: threadRef! }, soon());
  expect((await people.dms(ids.ann)).map(({ components }) => readable(components))).toEqual(['● Hello\n[Approve]', '● Again\n[Approve]']);
  const asked = refs.format({ guild: ids.guild, channel: ids.general, thread: '140000000000000001' });
  expect(await poster.direct({ externalId: ids.ann, threadRef: asked }, soon())).toBe(threadRef);
  await expect(poster.direct({ externalId: ids.ann, threadRef: threadRef! }, soon())).rejects.toMatchObject({
    kind: 'never',
    why: 'closed',
  });
});

test('a lost direct message is found in it', async () => {
  const { people, poster, letter } = await open({ uses: 0 });
  const sent = letter('Ready');
  await people.next('POST /channels/:channel/messages', 'answer-lost');
  await expect(poster.post(sent, soon())).rejects.toMatchObject({ kind: 'unknown' });
  expect(await poster.look(sent, soon())).toHaveProperty('found.messageRef');
  expect(await people.dms(ids.ann)).toHaveLength(1);
});

test('a post that Discord limits takes none of the times that its person can be answered', async () => {
  const { people, poster, letter } = await open({ uses: 2 });
  await poster.post(letter('First'), soon());
  const second = letter('Second');
  for (let i = 0; i < 3; i++) {
    await people.next(follows, 'busy');
    await expect(poster.post(second, soon())).rejects.toMatchObject({ kind: 'later' });
  }
  await poster.post(second, soon());
  expect(await people.ephemerals(ids.ann)).toHaveLength(2);
  expect(await people.dms(ids.ann)).toEqual([]);
});

test('work is shown to its person alone while their interaction lasts, its button goes with its end, and no call is made for what is over', async () => {
  const { people, poster, shower, letter, threadRef } = await open();
  const { messageRef } = await poster.post(letter('On it'), soon());
  const show = (text: string, closed: boolean) => {
    const { reply } = letter(text);
    const blocks = closed ? reply.blocks.filter(({ kind }) => kind !== 'choices') : reply.blocks;
    return shower.show({ platform: 'discord', threadRef, messageRef, reply: { ...reply, blocks }, version: 1, closed }, soon());
  };
  const seen = async () => (await people.ephemerals(ids.ann)).map(({ components }) => readable(components));
  await show('Page 1', false);
  expect(await seen()).toEqual(['● Page 1\n[Approve]']);
  await show('Done', true);
  expect(await seen()).toEqual(['● Done']);
  await people.advance(16 * 60_000);
  const before = (await people.calls()).length;
  await expect(show('Later', false)).rejects.toMatchObject({ kind: 'never' });
  await expect(show('Later still', false)).rejects.toMatchObject({ kind: 'never' });
  // Once, to find out.
  expect((await people.calls()).length).toBe(before + 1);
});

async function open({ uses = USES } = {}) {
  const discord = await startDiscordSandbox({ limitFactor: 1_000_000 });
  onTestFinished(discord.stop);
  const people = discordPeople(discord.url);
  await furnish(people);
  const told: { id: string; token: string }[] = [];
  const key = publicKeyOf(discord.publicKey);
  const app = createServer(async (request, response) => {
    const body = await buffer(request);
    const made = JSON.parse(body.toString()) as { id: string; token: string; type: number };
    if (verify(request.headers, body, key, new Date()) !== 'ok') return void response.writeHead(401).end();
    if (made.type !== 1) told.push(made);
    response
      .writeHead(200, { 'Content-Type': 'application/json' })
      .end(JSON.stringify(made.type === 1 ? { type: 1 } : { type: 5, data: { flags: 64 } }));
  });
  await once(app.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    app.closeAllConnections();
    app.close();
  });
  await people.interactionsUrl(`http://127.0.0.1:${(app.address() as AddressInfo).port}`);
  const deps = outDeps(discord.apiUrl);
  const commands = [{ name: 'ask', description: 'Ask', options: [{ type: 3, name: 'request', description: 'What', required: true }] }];
  await deps.call({ method: 'PUT', path: '/applications/900000000000000001/commands', body: commands }, soon());
  await people.command(ids.general, 'ask', { request: 'find leads' }, ids.ann);
  const [{ id: interaction, token }] = told as [{ id: string; token: string }];
  const out = { ...deps, tokens: answerTokens(countedHandles(handleKey(interaction), token, uses)) };
  const [poster, shower] = [discordPoster(out), discordShower(out)];
  const threadRef = refs.format({ guild: '@user', channel: ids.ann, thread: interaction });
  const letter = (text: string): LetterPart => ({
    key: newId(),
    threadRef,
    reply: replyOf(
      { kind: 'heading', text, tone: 'plain' },
      { kind: 'choices', choices: [{ id: 'approve:1', label: 'Approve', style: 'main' }] },
    ),
    part: 0,
    attemptedAt: new Date(),
    lastTriedAt: new Date(),
  });
  return { people, poster, shower, letter, interaction, threadRef };
}

/** As the core keeps them. */
function countedHandles(key: string, handle: string, uses: number): ReplyHandles {
  let left = uses;
  return {
    keep: async () => undefined,
    find: async (asked) => (asked === key && left-- > 0 ? handle : null),
    drop: async () => void (left = 0),
  };
}

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}
