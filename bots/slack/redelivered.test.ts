// One gesture of a person, told in every way in which Slack tells it, to two processes, and again much later: one request.

import { expect, test, vi } from 'vitest';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { openProduct } from './testing/open-product.ts';

const clock = clockByHand();
const agents = agentsThat(async ({ quantity }) => done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]));
const world = forAll(() => openProduct({ clock, agents }), 60_000);

/** A message in #general, and all that Slack tells of it: as a message and as a mention, and under another ts. */
async function gesture(words: string) {
  const { people } = world();
  const { botUser } = await people.team('T1');
  await people.hook({ twin: true });
  const { ts } = await people.say('C1', `@impacter ${words}`, { from: 'U1' });
  await people.hook({ twin: false });
  const all = await people.messages('C1');
  const { clientMsgId } = all.find((each) => each.ts === ts)!;
  const threads = all.filter((each) => each.clientMsgId === clientMsgId).map((each) => each.ts);
  expect(threads).toHaveLength(2);
  const said = { channel: 'C1', user: 'U1', text: `<@${botUser}> ${words}`, client_msg_id: clientMsgId };
  const events = threads.flatMap((each) => ['message', 'app_mention'].map((type) => ({ type, ts: each, ...said })));
  return { threads, events };
}

test.each<[string, object]>([
  ['as Slack usually tells it', {}],
  [
    'in a company of several workspaces',
    { enterprise_id: 'E1', context_enterprise_id: 'E1', context_team_id: 'T1', is_ext_shared_channel: false },
  ],
  ['without an id of the event', { event_id: undefined }],
])(
  'a request, %s, told five times to each of two processes, after six minutes and after 25 hours, is one task, one answer and one charge',
  async (_, more) => {
    const { tell, envelope, url, another, owner, tasks, answers, goingOn } = world();
    const second = await another();
    const { threads, events } = await gesture('find me 2 leads in Miami');
    const before = (await owner.ledger()).length;
    const envelopes = events.map((event) => envelope(event, more));
    const tellAll = async () => {
      const told = envelopes.flatMap((body) => Array.from({ length: 5 }, () => [url, second.url!].map((at) => tell(at, body))).flat());
      expect(new Set(await Promise.all(told))).toEqual(new Set([200]));
    };
    const once = async () => {
      expect((await Promise.all(threads.map((thread) => tasks(thread)))).flat()).toEqual(['completed']);
      const said = (await Promise.all(threads.map((thread) => answers(thread)))).flat();
      expect(said).toEqual([expect.stringMatching(/On it|● Done/), expect.stringContaining('✓ Done: 2 leads')]);
      expect((await owner.ledger()).slice(before)).toEqual(['hold 2', 'settle 2']);
    };
    await tellAll();
    await goingOn(once);
    for (const minutes of [6, 25 * 60]) {
      clock.forward(minutes * 60_000);
      await tellAll();
      await goingOn(once);
    }
    await second.stop();
  },
);

test('a press whose trigger is over by then changes nothing, and its person is told', async () => {
  const { people, say, told, owner, tasks, core } = world();
  await world().app.privacy.setTeamSettings(owner, { confirmAbove: '10000000' });
  const thread = await say('find me 20 leads in Miami');
  const post = await vi.waitFor(async () => {
    const { messages } = await people.seen('C1', 'U1', { thread });
    return (
      messages.find(({ buttons }) => buttons.some(({ value }) => value.startsWith('change:'))) ?? Promise.reject(new Error('no button yet'))
    );
  });
  // Slack takes a form for three seconds after the press. What comes of the press is written down later than that.
  await core.store.prisma.$transaction(
    async (tx) => {
      await tx.$executeRawUnsafe('LOCK TABLE asks IN EXCLUSIVE MODE');
      await people.press('C1', post.ts, post.buttons.find(({ value }) => value.startsWith('change:'))!.value, 'U1');
      clock.forward(4_000);
    },
    { timeout: 20_000 },
  );
  await vi.waitFor(async () => expect((await told('U1', thread)).at(-1)).toMatch(/again/));
  expect(await tasks(thread)).toEqual(['awaiting_approval']);
});
