import { expect, test } from 'vitest';
import { newId, type FileId } from '#core/domain/ids.ts';
import { agentsThat, done, fileOf } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { linkFor } from './links.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const clock = clockByHand();
const world = forAll(() => openStage({ clock, agents: agentsThat(() => done('Written.', [fileOf('oat milk.md', '# Oat milk')])) }));

test('a link opens its file without login for seven days, and for its owner as long as it is kept', async () => {
  const { ada, eve, token } = await post();
  const { app } = world();
  clock.forward(6.9 * DAY_MS);
  expect(await read(await app.files.openLink(token, null))).toBe('# Oat milk');
  clock.forward(0.2 * DAY_MS);
  await expect(app.files.openLink(token, null)).rejects.toMatchObject({ code: 'link.expired', page: '/login' });
  await expect(app.files.openLink(token, eve)).rejects.toMatchObject({ code: 'link.expired' });
  expect(await read(await app.files.openLink(token, ada))).toBe('# Oat milk');
});

test('each click gets an address of its own that stops working soon', async () => {
  const { token } = await post();
  const { url } = await world().app.files.openLink(token, null);
  expect(Number(new URL(url).searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(300);
});

test('the page of a task gives a fresh link each time', async () => {
  const { ada, taken } = await post();
  clock.forward(30 * DAY_MS);
  const [file] = (await ada.task(taken)).files;
  expect(await read(await world().app.files.openLink(tokenIn(file!.url!), null))).toBe('# Oat milk');
});

test('whoever changes anything in a link gets no file, and reads how to get a new link', async () => {
  const { token } = await post();
  const { app } = world();
  const bytes = Buffer.from(token, 'base64url');
  const flipped = Array.from(bytes, (_, i) => Buffer.from(bytes.map((byte, j) => (i === j ? byte ^ 1 : byte))).toString('base64url'));
  const odd = [
    '',
    'x',
    `${token}A`,
    token.slice(0, -1),
    `${token}=`,
    `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    '../../etc/passwd',
    'A'.repeat(50),
    'A'.repeat(5_000),
  ];
  for (const wrong of [...flipped, ...odd])
    await expect(app.files.openLink(wrong, null)).rejects.toMatchObject({ code: 'link.unknown', status: 404, page: '/dashboard' });
});

test('a link to a file that never was is as unknown as an invented one, and one to a file that is gone says so', async () => {
  const { app, core } = world();
  await expect(app.files.openLink(tokenIn(linkFor(core, newId<FileId>())), null)).rejects.toMatchObject({ code: 'link.unknown' });
  const { ada, taken, token } = await post();
  const [file] = (await ada.task(taken)).files;
  await core.store.files.markRemoved([file!.id], clock.now());
  await expect(app.files.openLink(token, null)).rejects.toMatchObject({ code: 'file.gone' });
  await expect(app.files.openLink(token, ada)).rejects.toMatchObject({ code: 'file.gone' });
});

test('what an old key signed still opens after a new one has come', async () => {
  const { token } = await post();
  const { core, another } = world();
  const newer = await another(
    {},
    {
      clock,
      withCore: (made) => ({ ...made, settings: { ...made.settings, linkKeys: [Buffer.alloc(32, 1), ...core.settings.linkKeys] } }),
    },
  );
  expect(await read(await newer.app.files.openLink(token, null))).toBe('# Oat milk');
  expect(linkFor(newer.core, newId<FileId>())).not.toBe(linkFor(core, newId<FileId>()));
});

async function post() {
  const { person } = world();
  const [ada, eve] = [await person(), await person()];
  const taken = await ada.ask('write a blog post about oat milk');
  const [file] = (await ada.untilOver(taken)).files;
  return { ada, eve, taken, token: tokenIn(file!.url!) };
}

function tokenIn(url: string) {
  return url.slice(url.indexOf('/f/') + 3);
}

async function read({ url }: { url: string }) {
  return (await fetch(url)).text();
}
