// Interactions while the database is slow or away: each is acknowledged in time, and nobody is told what may be untrue.

import { expect, test, vi } from 'vitest';
import { choiceId } from '#core/domain/messages/choice.ts';
import type { TaskId } from '#core/domain/ids.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { DiscordAway, DiscordNo } from '../api/call.ts';
import { refs } from '../refs.ts';
import { ACME, ANN, command, GENERAL, newSnowflake, openActsWorld, ourPost, press, runOn, THREAD } from '../testing/acts-world.ts';

const world = forAll(() => openActsWorld({ wired: true }), 60_000);
const thread = refs.format({ guild: ACME, channel: GENERAL, thread: THREAD });

/** How long each interaction waited for its first answer, in ms, ascending. */
const firstAnswers = (ids: ReadonlySet<string>) =>
  world()
    .shown.filter(({ how, interaction }) => how === 'callback' && ids.has(interaction))
    .map(({ afterMs }) => afterMs)
    .toSorted((a, b) => a - b);

test('with a database that hangs, interactions are acknowledged within a second, then answered when it goes on', async () => {
  const { tell, wire, shown, words } = world();
  // What is read once is known before.
  await tell(command('help'));
  const made = Array.from({ length: 100 }, (_, n) =>
    command(n % 2 === 0 ? 'help' : 'balance', {}, { from: String(BigInt(ANN) + 100n + BigInt(n)) }),
  );
  wire.freeze();
  const told = Promise.all(made.map((each) => tell(each)));
  await vi.waitFor(() => expect(firstAnswers(new Set(made.map(({ id }) => id)))).toHaveLength(100));
  wire.thaw();
  await told;
  const waited = firstAnswers(new Set(made.map(({ id }) => id)));
  expect(waited.at(-1)).toBeLessThan(1_000);
  for (const one of made) {
    expect(shown.filter(({ interaction }) => interaction === one.id).map(({ how, type }) => [how, type])).toEqual([
      ['callback', 5],
      ['original', null],
    ]);
    expect(words(one)[1]).not.toMatch(/went wrong/);
    // Who sees it was said with the promise: Discord takes no such flag with what fills it in.
    expect(
      shown.filter(({ interaction, how }) => interaction === one.id && how === 'original').map(({ body }) => body.flags! & 64),
    ).toEqual([0]);
  }
}, 60_000);

test('while the database is away a press and a command are not taken, nothing is charged, and the same works afterwards', async () => {
  const { tell, wire, words, tasks, owner } = world();
  await tell(command('ask', { request: 'find me 20 leads in Miami' }, { at: 'thread' }));
  const [{ id }] = (await tasks(thread)) as unknown as [{ id: string }];
  const approve = () =>
    press(choiceId('approve', id as TaskId), {
      at: 'thread',
      message: ourPost({ channel_id: THREAD }),
    });
  const [change, pressed, ask] = [
    press(choiceId('change', id as TaskId), { at: 'thread' }),
    approve(),
    command('ask', { request: 'find me 3 leads in Zanzibar' }, { at: 'thread' }),
  ];
  wire.cut();
  await Promise.all([tell(change), tell(pressed, 'http'), tell(ask)]);
  wire.mend();
  // A form is the first answer or none: Discord does not wait for it.
  expect(words(change)).toEqual([expect.stringMatching(/Try again/)]);
  expect(words(pressed)).toEqual(['', expect.stringMatching(/Try again/)]);
  expect(words(ask)).toEqual(['', expect.stringMatching(/not accepted and nothing was charged|Nothing was charged/)]);
  expect((await owner.ledger()).filter((line) => line.startsWith('hold'))).toEqual([]);
  await tell(approve());
  await vi.waitFor(async () => expect(await tasks(thread)).toEqual([expect.objectContaining({ status: 'completed' })]));
}, 30_000);

test('a form that cannot be kept while the database hangs does not open, and its person is told before Discord gives up', async () => {
  const { tell, wire, shown, words } = world();
  const made = runOn({ id: newSnowflake(), channel_id: GENERAL, content: 'Ada', attachments: [] } as never);
  wire.freeze();
  const told = tell(made);
  await vi.waitFor(() => expect(words(made)).toEqual([expect.stringMatching(/Nothing was charged. Try again/)]));
  expect(shown.find(({ interaction }) => interaction === made.id)!.afterMs).toBeLessThan(2_800);
  wire.thaw();
  await told;
});

test.each([
  ['unknown to Discord by now', new DiscordNo('', { status: 404, code: 10062 })],
  ['not reached', new DiscordAway('', true)],
])('an interaction that is %s is answered in a direct message, once', async (_why, error) => {
  const { tell, fail, direct } = world();
  const before = direct.length;
  fail('/callback', error);
  await tell(command('balance'));
  fail('/callback', null);
  expect(direct.slice(before)).toHaveLength(1);
});

test.each([
  ['command', () => command('balance'), 5, 'original'],
  ['press', () => press('nonsense'), 6, 'follow-up'],
] as const)('a %s that a process promised to answer before it died is answered by the next one', async (_what, make, promise, how) => {
  const { tell, shown, direct } = world();
  const [made, before] = [make(), direct.length];
  shown.push({ how: 'callback', interaction: made.id, type: promise, body: {}, afterMs: 0 });
  await tell(made);
  expect(shown.filter(({ interaction }) => interaction === made.id).map((each) => each.how)).toEqual(['callback', how]);
  expect(direct).toHaveLength(before);
});

test('a promise that can no longer be kept there is kept in a direct message', async () => {
  const { tell, wire, fail, direct } = world();
  const before = direct.length;
  const made = command('balance');
  wire.freeze();
  fail('/webhooks/', new DiscordNo('', { status: 401, code: 50027 }));
  const told = tell(made);
  await vi.waitFor(() => expect(firstAnswers(new Set([made.id]))).toHaveLength(1));
  wire.thaw();
  await told;
  fail('/webhooks/', null);
  expect(direct.slice(before)).toEqual([{ user: ANN, words: expect.stringMatching(/credits/) }]);
});
