// A door has its answer in time while the database hangs, whatever somebody did in a chat.

import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { choiceId } from '#core/domain/messages/choice.ts';
import type { Wait } from '#core/flows/runtime/patience.ts';
import { openChatStage } from '#core/testing/stages/chat-stage.ts';
import { busyMachine, forAll } from '#core/testing/stages/stage.ts';

const stage = forAll(() => openChatStage({ wired: true, timings: busyMachine, settings: { ROLES: 'web' } }));

/** A request that waits for approval, and what its person does then. */
async function waiting() {
  const owner = await stage().person(500);
  const place = await stage().workspace(owner);
  await stage().core.store.money.query({ text: 'UPDATE teams SET confirm_above = 0 WHERE id = $1' }, [owner.teamId]);
  const [ann, threadRef] = [place.speaker(), place.thread()];
  const asked = await ann.say('find me 20 leads', threadRef);
  const [{ chats }, key, at] = [stage().app, newId(), stage().clock.now()];
  const gestures = {
    press: (wait: Wait) => chats.act(ann.speaker, { key, choice: choiceId('approve', asked.taskId!), threadRef, at }, wait),
    command: (wait: Wait) => chats.command(ann.speaker, { key, name: 'cancel', text: '', threadRef, at }, wait),
    edit: (wait: Wait) => chats.changed(ann.speaker, { key: asked.key, text: 'find me 30 leads', at }, wait),
    removal: (wait: Wait) => chats.removed(ann.speaker, { key: asked.key }, wait),
    message: (wait: Wait) => chats.hear(ann.speaker, { key, threadRef, text: 'find me 3 leads', at, how: 'mention' }, wait),
  };
  return { owner, place, threadRef, gestures };
}

test.each([
  ['press', { did: 'approved' }, ['pending']],
  ['command', { did: 'canceled' }, ['canceled']],
  ['edit', { outcome: 'approval' }, ['canceled', 'awaiting_approval']],
  ['removal', { did: 'removed' }, ['canceled']],
  ['message', { outcome: 'approval' }, ['awaiting_approval', 'awaiting_approval']],
] as const)(
  '%s: answered within the door’s time while the database hangs, and done once when told again',
  async (kind, expected, statuses) => {
    const { clock, wire } = stage();
    const { owner, place, threadRef, gestures } = await waiting();
    wire.freeze();
    try {
      // 400 ms of the door's time are for what is on its way by then.
      const answer = gestures[kind]({ withinMs: 15_400, waitedMs: 5_000 }).catch((error: unknown) => error);
      let isAnswered = false;
      void answer.then(() => (isAnswered = true));
      clock.forward(7_000);
      await new Promise(setImmediate);
      expect(isAnswered ? await answer : null).toBeNull();
      clock.forward(3_000);
      // Before the database's own time is over, which is 20 s for a statement.
      const late = new Promise((resolve) => setTimeout(resolve, 10_000, 'late').unref());
      expect(await Promise.race([answer, late])).toMatchObject({ code: 'database.unavailable', facts: {} });
    } finally {
      wire.thaw();
    }
    const again = await vi.waitFor(() => Promise.all([1, 2, 3].map(() => gestures[kind](0))), { timeout: 30_000 });
    for (const each of again) expect(each).toMatchObject(expected);
    expect((await place.tasks(threadRef)).map(({ status }) => status)).toEqual(statuses);
    expect(await owner.ledger()).toEqual(kind === 'press' ? ['grant 500', 'hold 20'] : ['grant 500']);
  },
);
