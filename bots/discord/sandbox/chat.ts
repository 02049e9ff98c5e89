// The sandbox, for its page and for tests that act through it.

import { ChatRefusal, type ChatForm, type ChatMessage, type ChatSandbox, type ChatView, type ChatWorkspace } from '#bots/sandbox/chat.ts';
import { orderFaults, refusalsIn } from '#bots/sandbox/faults.ts';
import { followChanges } from '#bots/sandbox/following.ts';
import { PeopleRefusal } from '#bots/stand-in/people.ts';
import { isRecord } from '#bots/stand-in/check.ts';
import { html } from '#core/domain/text/html.ts';
import type { Upload } from '../api/upload.ts';
import { RUN_ON } from '../acts/commands.ts';
import type { DiscordPeople, Places, Seen, SeenForm, SeenMessage } from './client.ts';
import { drawComponents } from './draw/components.ts';
import { drawMarkdown, type Drawing } from './draw/markdown.ts';
import type { Channel } from './shapes.ts';
import type { FileFault } from './shelf.ts';

/** Whether Discord gives the app what people write without mentioning it; flipping it begins a new session. */
export interface ContentSwitch {
  isOn(): boolean;
  flip(): Promise<void>;
}

export function discordChat(people: DiscordPeople, content: ContentSwitch | null = null): ChatSandbox {
  const following = followChanges((after, signal) => people.changes(after, signal));

  return {
    title: 'Discord',
    howToAsk: 'Mention @impacter to ask, or use /ask.',
    shortcuts: [{ id: RUN_ON, label: RUN_ON }],
    commandsTakeFiles: true,
    ...(content !== null && {
      switches: () => [
        {
          id: 'content',
          label: 'Message Content Intent',
          about:
            'On, the bot reads every message, and follows threads without a mention. Off, as Discord has it for a new app: it reads direct messages and mentions, and new results have a Continue button.',
          isOn: content.isOn(),
        },
      ],
      flip: () => content.flip(),
    }),
    workspaces: async () => workspacesIn(await people.places()),
    look: (view, { before, most }) =>
      saidNo(async () => {
        const [places, form] = await Promise.all([people.places(), people.form(view.as)]);
        const { messages, hasEarlier } = await seenIn(people, places, view, { most, ...(before !== null && { before }) });
        const drawing = { names: namesIn(places), leadsTo: (url: string) => placeOf(places, view.as, url) ?? url };
        return { messages: messages.map((message) => messageOf(message, drawing)), hasEarlier, form: form === null ? null : formOf(form) };
      }),
    say: (view, { text, files }) =>
      saidNo(async () => {
        const channel = channelOf(await people.places(), view);
        const { as } = view;
        if (view.thread === null && channel.type === 15) {
          const [title = '', ...rest] = text.split('\n');
          const words = rest.join('\n').trim() || title;
          return { thread: (await people.post(channel.id, title.slice(0, 100) || 'Post', words, as, files)).id };
        }
        if (view.thread !== null) await people.say(view.thread, text, { from: as, files });
        const said = view.thread === null ? await people.say(channel.id, text, { from: as, files }) : null;
        return { thread: hasThreads(channel) ? (view.thread ?? said!.id) : null };
      }),
    edit: (_view, message, text) => saidNo(() => people.edit(message, text)),
    delete: ({ as }, message) => saidNo(() => people.remove([message], as)),
    press: ({ as }, message, choice) => saidNo(() => people.press(message, choice, as)),
    submit: ({ as }, form, values, files) => saidNo(() => people.submit(form, values, as, files)),
    dismiss: ({ as }, form) => saidNo(() => people.dismiss(form, as)),
    shortcut: ({ as }, message) => saidNo(() => people.runOn(message, as)),
    async command(view, name, text, files) {
      const { channels, ...places } = await people.places();
      const roles = places.roles.filter(({ guild }) => guild === view.workspace);
      const typed = (await people.commands()).filter((each) => each['type'] === 1);
      const found = typed.find((each) => each['name'] === name);
      if (found === undefined) {
        const others = typed.map((each) => `/${String(each['name'])}`).join(', ');
        throw new ChatRefusal(`/${name} is not a command here.${others === '' ? '' : ` Commands: ${others}.`}`);
      }
      const where = channels.some(({ id }) => id === view.thread) ? view.thread! : view.channel;
      await saidNo(() => people.command(where, name, optionsIn(found, text, files, roles), view.as));
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
        call: (fault) => saidNo(() => people.next(faultyRoutes, fault)),
        file: (fault) => saidNo(() => people.nextFile(fault as FileFault)),
      },
      downloadFaults,
      following,
    ),
    watch: following.watch,
  };
}

function workspacesIn({ guilds, channels, members, roles, bot }: Places): ChatWorkspace[] {
  return guilds.map(({ id, name, owner }) => {
    const here = members.filter(({ guild }) => guild === id);
    const direct = channels.filter(({ type, owner: whose }) => type === 1 && here.some(({ user }) => user === whose));
    const granted = (member: (typeof here)[number]) =>
      roles.filter((role) => role.guild === id && member.roles.includes(role.id)).reduce((sum, role) => sum | BigInt(role.permissions), 0n);
    return {
      id,
      name,
      channels: [...channels.filter(({ guild, type }) => guild === id && listed.includes(type)), ...direct].map((channel) => ({
        id: channel.id,
        name: channel.type === 1 ? bot.name : channel.name,
        direct: channel.type === 1 ? channel.owner : null,
        closed: channel.overwrites.some((each) => each.id === id && (BigInt(each.deny) & sendMessages) !== 0n),
        hasThreads: hasThreads(channel),
      })),
      people: here.map((member) => {
        const manages = (granted(member) & (administrator | manageMessages)) !== 0n;
        const isOwner = member.user === owner;
        const role = isOwner ? 'owner' : member.kind !== 'member' ? roleWords[member.kind] : manages ? 'moderator' : 'member';
        return { id: member.user, name: member.name, role, administers: isOwner || manages };
      }),
    };
  });
}

/** Kinds of channels on the page; threads are below their messages. */
const listed: readonly number[] = [0, 2, 5, 15];
const roleWords = { guest: 'guest', pending: 'new member', absent: 'not a member' } as const;
const administrator = 1n << 3n;
const sendMessages = 1n << 11n;
const manageMessages = 1n << 13n;

function hasThreads({ type }: Channel): boolean {
  return type === 0 || type === 5 || type === 15;
}

function channelOf({ channels }: Places, { channel }: ChatView): Channel {
  const found = channels.find(({ id }) => id === channel);
  if (found === undefined) throw new ChatRefusal(sentences['channel_not_found']!);
  return found;
}

/** Of a thread: what it was begun from, and what is in it. */
async function seenIn(people: DiscordPeople, places: Places, view: ChatView, window: { before?: string; most: number }): Promise<Seen> {
  const { channel, thread, as } = view;
  if (thread === null || !hasThreads(channelOf(places, view))) return people.seen(channel, as, window);
  const isBegun = places.channels.some(({ id }) => id === thread);
  const within = isBegun ? await people.seen(thread, as, window) : { messages: [], hasEarlier: false };
  const first = await people.seen(channel, as, { before: String(BigInt(thread) + 1n), most: 1 });
  const isThere = first.messages.at(-1)?.id === thread && !within.messages.some(({ id }) => id === thread);
  return isThere && !within.hasEarlier ? { messages: [...first.messages, ...within.messages], hasEarlier: false } : within;
}

/** Where a link of Discord's to a message leads on the page; null for any other. */
function placeOf({ channels }: Places, as: string, url: string): string | null {
  const [, workspace, where, message] = /^https:\/\/discord\.com\/channels\/(\d+)\/(\d+)\/(\d+)$/.exec(url) ?? [];
  const channel = channels.find(({ id }) => id === where);
  if (workspace === undefined || channel === undefined) return null;
  const isThread = channel.parent !== null && !listed.includes(channel.type);
  const query = isThread ? { channel: channel.parent!, thread: channel.id } : { channel: channel.id, thread: message! };
  return `?${new URLSearchParams({ workspace, ...query, as }).toString()}`;
}

function namesIn({ people, roles, channels, bot }: Places): Drawing['names'] {
  return new Map([
    ...people.map(({ id, name }): [string, string] => [`<@${id}>`, `@${name}`]),
    ...roles.map(({ id, name }): [string, string] => [`<@&${id}>`, `@${name}`]),
    ...channels.map(({ id, name }): [string, string] => [`<#${id}>`, `#${name}`]),
    [`<@${bot.id}>`, `@${bot.name}`],
  ]);
}

function messageOf(message: SeenMessage, drawing: Drawing): ChatMessage {
  const { id, at, by, content, components, forwardOf, files, buttons, typed, editedAt, deleted, only, replies, isThinking } = message;
  return {
    id,
    thread: id,
    at,
    from: by,
    drawn: html`${isThinking ? html`<div class="soft">impacter is thinking…</div>` : ''}${content === '' ? '' : drawMarkdown(content, drawing)}${
      forwardOf === null ? '' : html`<blockquote>${forwardOf.content}</blockquote>`
    }${drawComponents(components, drawing)}`,
    text: typed,
    isEdited: editedAt !== null && by !== null,
    isDeleted: deleted,
    isPrivate: only !== null,
    choices: buttons.filter(({ disabled }) => !disabled).map(({ customId, label, style }) => ({ id: customId, label, style })),
    files: files
      .filter(({ isGone }) => !isGone)
      .map(({ id: file, filename, title, sizeBytes }) => ({ id: file, name: nameOf(filename, title), sizeBytes })),
    replies,
  };
}

function nameOf(filename: string, title: string | null): string {
  return title === null ? filename : title + (/\.[^.]*$/.exec(filename)?.[0] ?? '');
}

function formOf({ id, title, fields }: SeenForm): ChatForm {
  return { id, title, submit: 'Submit', fields };
}

/** `private:true` and the like are its switches; all else is its first words. */
function optionsIn(
  command: Readonly<Record<string, unknown>>,
  text: string,
  files: readonly Upload[],
  roles: Places['roles'],
): Record<string, string | boolean | Upload> {
  const declared = Array.isArray(command['options']) ? command['options'].filter(isRecord) : [];
  const given: Record<string, string | boolean | Upload> = {};
  const words = declared.find(({ type, choices }) => type === 3 && choices === undefined);
  const forFiles = declared.filter(({ type }) => type === 11);
  if (files.length > forFiles.length)
    throw new ChatRefusal(
      forFiles.length === 0
        ? 'This command takes no files.'
        : `This command takes at most ${forFiles.length} ${forFiles.length === 1 ? 'file' : 'files'}.`,
    );
  for (const [i, file] of files.entries()) given[String(forFiles[i]!['name'])] = file;
  let rest = text;
  for (const option of declared) {
    const name = String(option['name']);
    const pattern = option['type'] === 5 ? `${name}:(true|false)` : `${name}:(\\S+)`;
    if (option === words || option['type'] === 11) continue;
    const [found, value] = new RegExp(`(?:^|\\s)${pattern}(?=\\s|$)`).exec(rest) ?? [];
    if (found === undefined) continue;
    given[name] = option['type'] === 5 ? value === 'true' : option['type'] === 8 ? roleOf(value!, roles) : value!;
    rest = rest.replace(found, '');
  }
  if (words !== undefined && rest.trim() !== '') given[String(words['name'])] = rest.trim();
  return given;
}

/** `@Buyers` for its id. */
function roleOf(typed: string, roles: Places['roles']): string {
  const found = roles.find(({ id, name }) => id === typed || `@${name.toLowerCase().replaceAll(' ', '.')}` === typed.toLowerCase());
  if (found === undefined) throw new ChatRefusal(`${typed} is no role of this server. Type a role as @name.`);
  return found.id;
}

const sentences: Readonly<Record<string, string>> = {
  channel_not_found: 'Channel not found, or this person has no access.',
  user_not_found: 'This person is not on this server.',
  message_not_found: 'Message not found. It may have been deleted.',
  thread_locked: 'This thread is locked. Nobody can post here.',
  thread_archived: 'This thread is archived.',
  may_not_post: 'This person may not post here.',
  not_yours: 'Only the author or a moderator can delete this message.',
  empty_message: 'Your message is empty. Type something or attach a file.',
  file_too_large: 'The file is too large. Discord takes up to 10 MB.',
  too_many_files: 'Too many files.',
  no_such_button: 'This button is no longer available.',
  no_such_command: 'This command is not available here.',
  not_permitted: 'This person may not use this command.',
  app_not_installed: 'The app is not on this server, and this person has not installed it.',
  option_required: 'This command needs more: type your request after it.',
  form_not_found: 'This form is no longer open.',
  field_required: 'Fill in the required fields.',
  field_too_long: 'A field is longer than Discord allows.',
  field_too_short: 'A field is shorter than Discord allows.',
  no_such_option: 'Choose one of the options.',
  did_not_respond: 'The application did not respond.',
};

const saidNo = refusalsIn(sentences, 'Discord refused this.');

/** Edits of posts are left out: nobody would see that one failed. */
const faultyRoutes = [
  'POST /channels/:channel/messages',
  'GET /channels/:channel/messages',
  'POST /channels/:channel/messages/:message/threads',
  'PATCH /webhooks/:app/:token/messages/:message',
];

const downloadFaults: Readonly<Record<FileFault, string>> = {
  gone: 'File: deleted',
  expired: 'Download: link expired',
  larger: 'Download: larger than its message says',
  cut: 'Download: connection cut',
  broken: 'Download: error 500',
  busy: 'Download: error 429',
};
