// Forms that commands and buttons open, and what is put into them.

import { expect, test, vi } from 'vitest';
import { forAll } from '#core/testing/stages/stage.ts';
import { refs } from '../../refs.ts';
import {
  ACME,
  attachment,
  BO,
  GENERAL,
  IN_THREAD,
  newSnowflake,
  openActsWorld,
  ourPost,
  press,
  runOn,
  submit,
  type Body,
  type Made,
} from '../../testing/acts-world.ts';
import { MORE } from './more.ts';

const world = forAll(() => openActsWorld(), 60_000);
const ways = ['gateway', 'http'] as const;

const outcomes = async (threadRef: string) => (await world().tasks(threadRef)).map(({ status, text }) => `${status}: ${text}`);
const saying = (made: Made) => world().saying(made);

function formOf({ id }: Made): Body {
  const { type, body } = world().shown.find((each) => each.interaction === id)!;
  expect(type).toBe(9);
  return body;
}

test('Change opens a form with the request, and what is sent takes its place', async () => {
  const { tell } = world();
  for (const way of ways) {
    const task = await world().waiting();
    const change = task.press('change');
    await tell(change, way);
    const form = formOf(change);
    expect(JSON.stringify(form)).toContain('"value":"find me 20 leads in Miami"');
    const none = submit(form, { text: 'find me leads in Boston', type: 'lead-generation', count: '0' }, [], {
      at: 'thread',
      message: ourPost(),
    });
    await tell(none, way);
    expect(await saying(none)).toMatch(/not accepted/);
    await tell(
      submit(form, { text: 'find me leads in Boston', type: 'lead-generation', count: '30' }, [], {
        at: 'thread',
        message: ourPost(),
      }),
      way,
    );
    expect((await world().tasks(IN_THREAD)).find(({ id }) => id === task.id)?.status).toBe('canceled');
    expect((await outcomes(IN_THREAD)).at(-1)).toMatch(/^awaiting_approval: find me (30 )?leads in Boston/);
  }
});

test('Continue takes a request with a file on in its conversation', async () => {
  const { tell, fetched } = world();
  const more = press(MORE, { at: 'thread' });
  await tell(more);
  const file = attachment('list.csv');
  await tell(
    submit(formOf(more), { text: 'find me 4 leads like these' }, [file], {
      at: 'thread',
      message: ourPost(),
    }),
  );
  await vi.waitFor(async () => expect((await outcomes(IN_THREAD)).at(-1)).toBe('completed: find me 4 leads like these'));
  expect(fetched).toContain(`url:${file.url}`);
});

test('“Run on this” takes a message, also a forwarded one, and its files; it is answered in the thread of that message', async () => {
  const { tell, fetched } = world();
  const inside = attachment('___.csv', { title: '명단' });
  const message = {
    id: newSnowflake(),
    channel_id: GENERAL,
    content: '',
    attachments: [],
    author: { id: BO },
    message_snapshots: [{ message: { content: '500 leads: Ada, Grace, Edith', attachments: [inside] } }],
  };
  const thread = refs.format({ guild: ACME, channel: GENERAL, thread: message.id });
  const made = runOn(message);
  await tell(made);
  const sent = submit(formOf(made), { text: 'find me 4 leads like these' });
  await tell(sent);
  await vi.waitFor(async () =>
    expect(await outcomes(thread)).toEqual(['completed: find me 4 leads like these\n\n> 500 leads: Ada, Grace, Edith']),
  );
  expect(fetched.at(-1)).toContain(inside.id);

  // Eleven files are refused by their number before anything is held.
  const before = (await world().owner.ledger()).length;
  const again = runOn(message);
  await tell(again);
  const many = Array.from({ length: 10 }, (_, n) => attachment(`list-${n}.csv`));
  const refused = submit(formOf(again), { text: 'find me 5 leads like these' }, many);
  await tell(refused);
  expect(await saying(refused)).toMatch(/./);
  expect(await outcomes(thread)).toHaveLength(1);
  expect((await world().owner.ledger()).slice(before)).toEqual([]);

  const late = submit({ ...formOf(made), custom_id: `run:${newSnowflake()}:${message.id}` }, { text: 'find me 5 leads' });
  await tell(late);
  expect(await saying(late)).toMatch(/form has expired/);
});
