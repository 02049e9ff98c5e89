// The board, for the sandbox page and for tests that act through it.

import { ChatRefusal, type ChatMessage, type ChatSandbox, type ChatView, type ChatWorkspace } from '#bots/sandbox/chat.ts';
import { orderFaults, refusalsIn } from '#bots/sandbox/faults.ts';
import { followChanges } from '#bots/sandbox/following.ts';
import { PeopleRefusal } from '#bots/stand-in/people.ts';
import type { BoardPeople, Places } from './client.ts';
import { drawMarkup } from './draw.ts';
import type { FileFault } from './sandbox/files.ts';
import type { Seen } from './sandbox/seen.ts';
import type { Person } from './sandbox/state.ts';

export function boardChat(people: BoardPeople): ChatSandbox {
  const following = followChanges((after, signal) => people.changes(after, signal));

  return {
    title: 'Board',
    workspaces: async () => workspacesIn(await people.places()),
    look: ({ channel, thread, as }, { before, most }) =>
      saidNo(async () => {
        const seen = await people.seen(channel, as, { most, ...(thread !== null && { thread }), ...(before !== null && { before }) });
        const form = seen.forms[0];
        return {
          messages: seen.messages.map(messageOf),
          hasEarlier: seen.hasEarlier,
          form: form?.form ? { ...form.form, id: form.id } : null,
        };
      }),
    say: (view, { text, files }) =>
      saidNo(async () => {
        const { channel, thread } = view;
        const said = await people.say(channel, text, { from: await personOf(view), files, ...(thread !== null && { thread }) });
        return { thread: said.thread };
      }),
    edit: (view, message, text) => carryOut(async () => people.edit(message, text, await personOf(view))),
    delete: (view, message) => carryOut(async () => people.delete(message, await personOf(view))),
    press: (view, message, choice) => carryOut(async () => people.press(message, choice, await personOf(view))),
    submit: (view, form, values) => carryOut(async () => people.submit(form, values, await personOf(view))),
    dismiss: (view, form) => carryOut(async () => people.dismiss(form, await personOf(view))),
    stop: (view) => carryOut(async () => people.stop(view.channel, view.thread ?? '', await personOf(view))),
    command: (view, name, text) =>
      carryOut(async () => {
        const { channel, thread } = view;
        await people.command(channel, name, text, { from: await personOf(view), ...(thread !== null && { thread }) });
      }),
    async file(_view, id) {
      try {
        return await people.file(id);
      } catch (error) {
        if (error instanceof PeopleRefusal && error.status === 404) return null;
        throw error;
      }
    },

    ...orderFaults(
      {
        waiting: async () => {
          const { calls, files } = await people.faults();
          return { calls: calls.map((fault) => ({ fault })), files };
        },
        call: (fault) => saidNo(() => people.next(fault)),
        file: (fault) => saidNo(() => people.nextFile(fault)),
      },
      downloadFaults,
      following,
    ),
    watch: following.watch,
  };

  /** Who speaks, by their name and role there. */
  async function personOf({ workspace, as }: ChatView): Promise<Person> {
    const { residents } = await people.places();
    const found = residents.find((each) => each.workspace === workspace && each.id === as);
    if (found === undefined) throw new ChatRefusal('This person is not in this workspace.');
    return { id: found.id, name: found.name, role: found.role };
  }
}

function workspacesIn({ workspaces, channels, residents }: Places): ChatWorkspace[] {
  return workspaces.map(({ id, name }) => ({
    id,
    name,
    channels: channels.filter(({ workspace }) => workspace === id),
    people: residents
      .filter(({ workspace }) => workspace === id)
      .map((person) => ({ id: person.id, name: person.name, role: person.role, administers: person.role === 'admin' })),
  }));
}

function messageOf({ text, editedAt, removed, only, choices, files, ...message }: Seen['messages'][number]): ChatMessage {
  return {
    ...message,
    text,
    drawn: drawMarkup(text),
    isEdited: editedAt !== undefined,
    isDeleted: removed === true,
    isPrivate: only !== undefined,
    choices: choices ?? [],
    files: files ?? [],
  };
}

async function carryOut(act: () => Promise<unknown>): Promise<void> {
  await saidNo(act);
}

const sentences: Readonly<Record<string, string>> = {
  closed: 'This channel is closed. Nobody can post here.',
  'no such channel': 'Channel not found, or this person has no access.',
  'no such thread': 'Thread not found.',
  'no such message': 'Message not found. It may have been deleted.',
  'no such choice': 'This button is no longer available.',
  'no such form': 'This form is no longer open.',
  'somebody else’s message': 'Only the author can change this message.',
};

/** A no of the board's, in a sentence. */
const saidNo = refusalsIn(sentences, 'The board refused this. Reload the page and try again.');

const downloadFaults: Readonly<Record<FileFault, string>> = {
  'login-page': 'Download: login page',
  expired: 'Download: address expired',
  cut: 'Download: connection cut',
  broken: 'Download: error 500',
  busy: 'Download: error 429',
};
