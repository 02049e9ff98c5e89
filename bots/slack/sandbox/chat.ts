// The sandbox, for its page and for tests that act through it.

import { ChatRefusal, type ChatForm, type ChatMessage, type ChatSandbox, type ChatView, type ChatWorkspace } from '#bots/sandbox/chat.ts';
import { orderFaults, refusalsIn } from '#bots/sandbox/faults.ts';
import { followChanges } from '#bots/sandbox/following.ts';
import { PeopleRefusal } from '#bots/stand-in/people.ts';
import { RUN, suggestedPrompts } from '../manifest/manifest.ts';
import type { SlackPeople } from './client.ts';
import { drawBlocks } from './draw/blocks.ts';
import { drawMrkdwn, type Names } from './draw/mrkdwn.ts';
import { drawnName } from './draw/names.ts';
import { buttonsIn } from './people/buttons.ts';
import type { SeenForm, SeenMessage } from './people/look.ts';
import type { Block } from './shapes.ts';
import type { FileFault } from './shelf.ts';

export function slackChat(people: SlackPeople): ChatSandbox {
  const following = followChanges((after, signal) => people.changes(after, signal));

  return {
    title: 'Slack',
    howToAsk: 'Mention @impacter to ask.',
    shortcuts: [{ id: RUN, label: 'Run on this message' }],
    prompts: suggestedPrompts.map(({ title, message }) => ({ label: title, text: message })),
    workspaces: async () => workspacesIn(await people.places()),
    look: ({ workspace, channel, thread, as }, { before, most }) =>
      saidNo(async () => {
        const names = drawnName(await people.places(), workspace);
        const home = channel === HOME ? await people.home(workspace, as) : null;
        if (channel === HOME) {
          const form = await people.form(workspace, as);
          return { messages: home === null ? [] : [homeOf(home, names)], hasEarlier: false, form: form && formOf(form, names) };
        }
        const window = { most, ...(thread !== null && { thread }), ...(before !== null && { before }) };
        const [{ messages, hasEarlier }, form] = await Promise.all([people.seen(channel, as, window), people.form(workspace, as)]);
        return { messages: messages.map((message) => messageOf(message, names)), hasEarlier, form: form && formOf(form, names) };
      }),
    say: ({ channel, thread, as }, { text, files }) =>
      saidNo(async () => {
        const said = await people.say(channel, text, { from: as, files, ...(thread !== null && { thread }) });
        return { thread: said.thread };
      }),
    edit: ({ channel, as }, message, text) => saidNo(() => people.edit(channel, message, text, as)),
    delete: ({ channel, as }, message) => saidNo(() => people.delete(channel, message, as)),
    press: ({ workspace, channel, as }, message, choice) =>
      saidNo(() => (channel === HOME ? people.pressHome(workspace, choice, as) : people.press(channel, message, choice, as))),
    open: ({ workspace, channel, as }) =>
      saidNo(async () => void (await people.openApp(workspace, channel === HOME ? 'home' : 'messages', as))),
    shortcut: ({ channel, as }, message, id) => saidNo(() => people.shortcut(channel, message, id, as)),
    submit: ({ as }, form, values) => saidNo(() => people.submit(form, values, as)),
    dismiss: ({ as }, form) => saidNo(() => people.dismiss(form, as)),
    stop: ({ channel, thread, as }) => saidNo(() => people.stop(channel, thread ?? '', as)),
    async command({ channel, as }, name, text) {
      if (name !== commandName) throw new ChatRefusal(`/${name} is not a command here. Use /${commandName}.`);
      await saidNo(() => people.command(channel, text, as));
    },
    async file(_view: ChatView, id) {
      try {
        return await people.file(id);
      } catch (error) {
        if (error instanceof PeopleRefusal && error.status < 500) return null;
        throw error;
      }
    },

    ...orderFaults(
      {
        waiting: () => people.faults(),
        call: (fault) => saidNo(() => people.next(faultyMethods, fault)),
        file: (fault) => saidNo(() => people.nextFile(fault)),
      },
      downloadFaults,
      following,
    ),
    watch: following.watch,
  };
}

/** As the page has it: a channel of each workspace that holds what the app shows on its home tab. */
const HOME = 'home';
const commandName = 'impacter';

function workspacesIn({ teams, channels, users }: Awaited<ReturnType<SlackPeople['places']>>): ChatWorkspace[] {
  return teams.map(({ id, name }) => ({
    id,
    name,
    channels: [
      ...channels
        .filter(({ team }) => team === id)
        .map((channel) => ({
          id: channel.id,
          name: channel.name,
          direct: channel.user,
          closed: channel.archived,
          opens: channel.user !== null,
        })),
      { id: HOME, name: 'App Home', direct: null, closed: false, opens: true, page: true },
    ],
    people: users
      .filter(({ team }) => team === id)
      .map((user) => ({ id: user.id, name: user.name, role: user.role, administers: user.role === 'admin' })),
  }));
}

function messageOf(message: SeenMessage, names: Names): ChatMessage {
  const { ts, thread, author, text, typed, blocks, edited, deleted, only, buttons, attached, replies } = message;
  return {
    id: ts,
    thread: thread ?? ts,
    at: new Date(Number(ts) * 1000).toISOString(),
    from: author,
    drawn: blocks.length > 0 ? drawBlocks(blocks, names) : drawMrkdwn(text, names),
    text: typed,
    isEdited: edited !== null,
    isDeleted: deleted,
    isPrivate: only !== null,
    choices: buttons
      .filter(({ url }) => url === null)
      .map(({ at, text: label, style }) => ({ id: at, label: String(label['text']), style })),
    files: attached.filter(({ state }) => state === 'here').map(({ id, name, sizeBytes }) => ({ id, name, sizeBytes })),
    replies,
  };
}

function homeOf({ blocks }: Readonly<Record<string, unknown>>, names: Names): ChatMessage {
  const shown = blocks as Block[];
  const buttons = buttonsIn(shown).filter(({ url }) => url === null);
  return {
    id: HOME,
    thread: HOME,
    at: '',
    from: null,
    drawn: drawBlocks(shown, names),
    text: '',
    isEdited: false,
    isDeleted: false,
    isPrivate: true,
    choices: buttons.map(({ at, text, style }) => ({ id: at, label: String(text['text']), style })),
    files: [],
    replies: 0,
  };
}

function formOf({ id, title, submit, blocks, fields, errors }: SeenForm, names: Names): ChatForm {
  return {
    id,
    title,
    submit: fields.length === 0 && submit === '' ? null : submit || 'Submit',
    drawn: drawBlocks(blocks, names),
    fields: fields.map((field) => ({
      id: field.id,
      label: errors[field.block] === undefined ? field.label : `${field.label}: ${errors[field.block]}`,
      kind: field.kind,
      required: field.required,
      most: field.most,
      value: field.value,
      options: field.options,
    })),
  };
}

const sentences: Readonly<Record<string, string>> = {
  is_archived: 'This channel is archived. Nobody can post here.',
  channel_not_found: 'Channel not found, or this person has no access.',
  user_not_found: 'This person is not in this workspace.',
  thread_not_found: 'Thread not found.',
  message_not_found: 'Message not found. It may have been deleted.',
  cant_update_message: 'Only the author can change this message.',
  no_such_button: 'This button is no longer available.',
  view_not_found: 'This form is no longer open.',
  field_required: 'Fill in the required fields.',
  field_too_long: 'A field is longer than Slack allows.',
  no_such_option: 'Choose one of the options.',
  operation_timeout: 'The app did not respond in time.',
  dispatch_failed: 'The app failed to respond.',
};

/** A no of the sandbox's, in a sentence. */
const saidNo = refusalsIn(sentences, 'Slack refused this.');

/** Edits of posts are left out: nobody would see that one failed. */
const faultyMethods = ['chat.postMessage', 'chat.postEphemeral', 'conversations.replies', 'conversations.history', 'views.open'];

const downloadFaults: Readonly<Record<FileFault, string>> = {
  gone: 'File: deleted',
  'login-page': 'Download: login page',
  larger: 'Download: larger than its message says',
  cut: 'Download: connection cut',
  broken: 'Download: error 500',
  busy: 'Download: error 429',
};
