// Files that people attached are fetched at an address of now, from Discord's own hosts alone.

import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { codes } from '../api/errors.ts';
import { discordPeople } from '../sandbox/client.ts';
import { startDiscordSandbox } from '../sandbox/server.ts';
import { furnish, ids, outDeps } from '../testing/stage.ts';
import { discordFetcher } from './fetcher.ts';
import { fileRef } from './files.ts';

const list = { name: '고객 명단.csv', mime: 'text/csv', bytes: Buffer.from('name\n김') };

test('a file with a Korean name in a forwarded message arrives after 25 hours, under its name', async () => {
  const { people, fetcher, discord } = await open();
  const { id: original } = await people.say(ids.other, 'our list', { from: ids.ann, files: [list] });
  const { id } = await people.say(ids.general, '', { from: ids.ann, forwardOf: original });
  const attachment = (await people.messages(ids.other))[0]!.files[0]!.id;
  const restarted = await people.advance(25 * 60 * 60_000).then(() => fetcher.fetch(fileRef(ids.general, id, attachment), soon()));
  expect(restarted).toMatchObject({ name: list.name, mime: 'text/csv', sizeBytes: list.bytes.length });
  expect(await buffer(restarted.body)).toEqual(list.bytes);
  expect(discord.cdnHost).toBe(new URL(discord.url).host);
});

test.each<[string, (people: Awaited<ReturnType<typeof open>>) => Promise<unknown>, object]>([
  ['whose message was deleted', ({ people, message }) => people.remove([message]), { kind: 'never', why: 'gone' }],
  ['that was taken away', ({ people, attachment }) => people.removeFile(attachment), { kind: 'never', why: 'gone' }],
  ['that we may not read any more', ({ people }) => people.refuse(reads, codes.noAccess), { kind: 'never', why: 'forbidden' }],
  ['of a channel that is limited', ({ people }) => people.next(reads, 'busy'), { kind: 'later', why: 'unreachable', retryAfterMs: 2000 }],
  ['while Discord is down', ({ discord }) => discord.stop(), { kind: 'later', why: 'unreachable' }],
])('a file %s is told apart', async (_, change, trouble) => {
  const world = await open();
  await change(world);
  await expect(world.fetcher.fetch(fileRef(ids.general, world.message, world.attachment), soon())).rejects.toMatchObject(trouble);
});

test('what is no file of Discord is asked for nowhere', async () => {
  const { fetcher, people, message } = await open();
  for (const ref of [
    'nonsense',
    'url:https://evil.example/a.csv',
    'url:http://169.254.169.254/',
    fileRef(ids.general, message, '150000000000000009'),
  ])
    await expect(fetcher.fetch(ref, soon())).rejects.toMatchObject({ kind: 'never' });
  expect((await people.calls()).map(({ route }) => route)).toEqual([reads]);
});

const reads = 'GET /channels/:channel/messages/:message';

async function open() {
  const discord = await startDiscordSandbox({ limitFactor: 1_000_000 });
  let stopped = false;
  const stop = async () => {
    if (!stopped) await discord.stop();
    stopped = true;
  };
  onTestFinished(stop);
  const people = discordPeople(discord.url);
  await furnish(people);
  const { id: message } = await people.say(ids.general, 'look at this', { from: ids.ann, files: [list] });
  const attachment = (await people.messages(ids.general))[0]!.files[0]!.id;
  return { people, message, attachment, fetcher: discordFetcher(outDeps(discord.apiUrl)), discord: { ...discord, stop } };
}

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}
