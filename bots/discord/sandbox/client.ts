// What people do on the sandbox, and what tests and its page see of it: over HTTP, so it may be another process.

import type { Fault } from '#bots/stand-in/faults.ts';
import { peopleCalls } from '#bots/stand-in/people.ts';
import type { Upload } from '../api/upload.ts';
import type { Attachment, Channel, ChannelType, Guild, Member, MemberKind, Message, Overwrite, Person, Role } from './shapes.ts';
import type { FileFault } from './shelf.ts';

export interface Spoken {
  readonly from: string;
  /** The id of the message that is answered. */
  readonly reply?: string;
  /** Whether who is answered is pinged; true where it is left out. */
  readonly ping?: boolean;
  readonly files?: readonly Upload[];
  /** The id of a message that is forwarded. */
  readonly forwardOf?: string;
}

export interface SeenButton {
  readonly customId: string;
  readonly label: string;
  readonly style: 'plain' | 'main' | 'danger';
  readonly disabled: boolean;
}

export interface SeenMessage extends Message {
  /** null for the bot. */
  readonly by: { readonly id: string; readonly name: string } | null;
  readonly isBot: boolean;
  readonly at: string;
  readonly files: readonly Attachment[];
  readonly buttons: readonly SeenButton[];
  /** What was typed, with names instead of ids. */
  readonly typed: string;
  /** The thread that was begun from it; null where there is none. */
  readonly thread: string | null;
  /** How many messages are in that thread. */
  readonly replies: number;
  /** Its answer is still awaited: “impacter is thinking”. */
  readonly isThinking: boolean;
}

export interface Seen {
  /** Oldest first. */
  readonly messages: readonly SeenMessage[];
  readonly hasEarlier: boolean;
}

export interface SeenField {
  /** The component's custom id. */
  readonly id: string;
  readonly label: string;
  /** Its description. */
  readonly hint?: string;
  readonly kind: 'line' | 'text' | 'choice' | 'files';
  readonly required: boolean;
  readonly least: number;
  readonly most: number;
  readonly value: string;
  readonly options: readonly { readonly id: string; readonly label: string }[];
}

export interface SeenForm {
  readonly id: string;
  readonly customId: string;
  readonly title: string;
  readonly fields: readonly SeenField[];
}

export interface MadeCall {
  /** As `POST /channels/:channel/messages`. */
  readonly route: string;
  readonly channel: string | null;
  readonly status: number;
  /** Discord's own code; 0 where all was well. */
  readonly code: number;
  readonly at: string;
}

export interface GatewayTrouble {
  /** From now on it keeps its sockets and says nothing, not even to heartbeats; or it speaks again. */
  readonly silent: boolean;
  /** Connections are cut without a word. */
  readonly cut: true;
  /** “Reconnect”. */
  readonly op7: true;
  /** “Invalid session”, and whether it can be resumed. */
  readonly op9: boolean;
  /** Connections are closed with this code. */
  readonly close: number;
  /** Whatever this is, each connection is sent it as a frame. */
  readonly frame: string;
  /** How often each event is told at once, and how often again a moment later. */
  readonly atOnce: number;
  readonly repeats: number;
  /** The newest first, of what happened together. */
  readonly reversed: boolean;
  /** How long new connections are told to wait between heartbeats. */
  readonly heartbeatMs: number;
  /** The event of a post comes before the answer to it. */
  readonly echoFirst: boolean;
  readonly identifiesLeft: number;
  /** How many connections it recommends. */
  readonly shards: number;
  /** A session is forgotten: it cannot be resumed. */
  readonly forget: true;
}

export interface Places {
  readonly guilds: readonly Guild[];
  readonly channels: readonly Channel[];
  readonly members: readonly (Member & { readonly name: string })[];
  readonly people: readonly Person[];
  readonly roles: readonly Role[];
  readonly bot: { readonly id: string; readonly name: string };
}

/** Ids have 17 to 19 digits. */
export interface DiscordPeople {
  /** Makes a server, or changes it. Its owner becomes a member. The bot is in it where nothing else is said. */
  guild(id: string, is?: { name?: string; owner?: string; tier?: 0 | 1 | 2 | 3; bot?: boolean }): Promise<Guild>;
  /** The role with the server's own id is everybody's. */
  role(guild: string, role: { id: string; name: string; permissions: string }): Promise<void>;
  member(
    guild: string,
    member: {
      id: string;
      name: string;
      roles?: readonly string[];
      kind?: MemberKind;
      dmsClosed?: boolean;
      isBot?: boolean;
      email?: string | null;
      emailVerified?: boolean;
    },
  ): Promise<void>;
  /** Somebody presses a name, or Cancel, at the address to which the app sent them. Gives where the browser goes next. */
  authorize(url: string, choice: { user: string; allow?: boolean }): Promise<string>;
  /** Makes a channel, or changes one; a text channel where nothing else is said. */
  channel(
    guild: string,
    id: string,
    is?: { name?: string; type?: ChannelType; parent?: string; overwrites?: readonly Overwrite[]; slowmodeS?: number },
  ): Promise<void>;
  /** Somebody opens their direct messages with the bot. Gives the channel's id. */
  dm(user: string): Promise<string>;
  /** The roles of the bot itself. */
  botRoles(guild: string, roles: readonly string[]): Promise<void>;

  /** `@impacter` and `@name` are mentions, as are `<@1…>`, `<@&1…>` and `@everyone`. In the thread of a message that has none yet: it is begun. */
  say(channel: string, text: string, by: Spoken): Promise<{ readonly id: string; readonly channel: string }>;
  /** Begins a post in a forum. */
  post(forum: string, title: string, text: string, from: string, files?: readonly Upload[]): Promise<{ readonly id: string }>;
  /** By a webhook, as a program does. */
  hook(channel: string, text: string): Promise<{ readonly id: string }>;
  /** Its author's. */
  edit(id: string, text: string): Promise<void>;
  /** At once, as one event where it is several. */
  remove(ids: readonly string[], by?: string): Promise<void>;
  /** Somebody begins a thread: from a message, or from nothing. Gives its id. */
  thread(channel: string, name: string, from: string, message?: string): Promise<string>;
  lock(thread: string, locked: boolean): Promise<void>;
  archive(thread: string, archived: boolean): Promise<void>;
  removeChannel(channel: string): Promise<void>;
  /** The gateway never tells of this thread: neither when it begins nor in the list of its server. */
  unannounce(thread: string): Promise<void>;
  /** Discord shows a preview of a link: an update that nobody made. */
  preview(message: string): Promise<void>;

  /** `late`: somebody who still sees the post as it was before an edit. */
  press(message: string, customId: string, from: string, how?: { late: boolean }): Promise<void>;
  form(user: string): Promise<SeenForm | null>;
  submit(form: string, values: Readonly<Record<string, string>>, from: string, files?: readonly Upload[]): Promise<void>;
  dismiss(form: string, from: string): Promise<void>;
  command(
    channel: string,
    name: string,
    options: Readonly<Record<string, string | boolean | Upload>>,
    from: string,
    install?: 'guild' | 'user',
  ): Promise<void>;
  runOn(message: string, from: string, install?: 'guild' | 'user'): Promise<void>;
  /** The commands that the app has, as it sent them. */
  commands(): Promise<readonly Readonly<Record<string, unknown>>[]>;

  /** Also what only this person sees. */
  seen(channel: string, viewer: string, window?: { before?: string; most?: number }): Promise<Seen>;
  /** What everybody sees, oldest first. */
  messages(channel: string): Promise<SeenMessage[]>;
  /** Of this person with the bot, oldest first. */
  dms(user: string): Promise<SeenMessage[]>;
  /** What this person alone sees, anywhere, oldest first. */
  ephemerals(user: string): Promise<SeenMessage[]>;
  places(): Promise<Places>;
  file(id: string): Promise<Upload>;
  removeFile(id: string): Promise<void>;

  gateway(how: Partial<GatewayTrouble>): Promise<void>;
  /** How many messages were told at least 300 ms ago to a connection that has sent heartbeats since and still not confirmed them. */
  lagging(): Promise<number>;
  connections(): Promise<number>;
  identifies(): Promise<number>;
  /** Tells every connection an event of any shape. */
  dispatch(t: string, d: unknown): Promise<void>;
  /** Where interactions are told by HTTP; null: by the gateway. */
  interactionsUrl(url: string | null): Promise<void>;
  eventsUrl(url: string | null): Promise<void>;
  /** Tells the app an event by HTTP. Gives the status of its answer; 0 for none in time. */
  event(body: object): Promise<number>;
  /** Tells the app an interaction of any shape by HTTP, signed as asked. Gives the answer. */
  interaction(body: string, how?: { signature?: string; timestamp?: string }): Promise<{ readonly status: number; readonly body: string }>;

  /** The next call of these routes (`POST /channels/:channel/messages`) ends like this; several make a queue. No routes: of any. */
  /** What the app’s page lists as redirects. */
  redirects(addresses: readonly string[]): Promise<void>;
  next(route: string | readonly string[], fault: Fault): Promise<void>;
  /** The next call of these routes is refused with one of Discord's codes, and nothing is done. */
  refuse(route: string | readonly string[], code: number): Promise<void>;
  nextFile(fault: FileFault): Promise<void>;
  faults(): Promise<{ readonly calls: readonly { readonly fault: Fault }[]; readonly files: readonly FileFault[] }>;
  /** What was held is done now. Gives how many calls that were. */
  letGo(): Promise<number>;
  /** The channel and its threads take no posts for so long. */
  limit(channel: string, forMs: number, scope?: 'user' | 'shared'): Promise<void>;
  /** Discord allows so many times as many calls as it does. */
  limitFactor(factor: number): Promise<void>;
  /** The bot's token is worth nothing any more; or is again. */
  revoke(revoked: boolean): Promise<void>;
  /** Words that the servers' own filter takes from nobody. */
  forbid(words: readonly string[]): Promise<void>;
  /** Whether the app may have the content of messages. */
  allowContent(allowed: boolean): Promise<void>;
  /** Time goes on, on top of the clock that the sandbox was given. */
  advance(ms: number): Promise<void>;
  /** The calls that an app made, oldest first. */
  calls(route?: string): Promise<MadeCall[]>;

  join(guild: string): Promise<void>;
  leave(guild: string): Promise<void>;
  outage(guild: string, on: boolean): Promise<void>;
  /** Somebody has the app for themselves, everywhere. */
  install(user: string, installed: boolean): Promise<void>;
  /** Resolves with the number of changes as soon as it is not `after`. */
  changes(after: number, signal?: AbortSignal): Promise<number>;
}

/** `token` is the people's, where the sandbox asks for one. */
export function discordPeople(url: string, token?: string): DiscordPeople {
  const call = peopleCalls(url, token);
  return {
    guild: (id, is = {}) => call('guild', { id, ...is }),
    role: (guild, role) => call('role', { guild, ...role }),
    member: (guild, member) => call('member', { guild, ...member }),
    channel: (guild, id, is = {}) => call('channel', { guild, id, ...is }),
    dm: (user) => call('dm', { user }),
    botRoles: (guild, roles) => call('botRoles', { guild, roles }),

    say: (channel, text, { files, ...by }) => call('say', { channel, text, ...by, files: sent(files) }),
    post: (forum, title, text, from, files) => call('post', { forum, title, text, from, files: sent(files) }),
    hook: (channel, text) => call('hook', { channel, text }),
    edit: (id, text) => call('edit', { id, text }),
    remove: (ids, by) => call('remove', { ids, by }),
    thread: (channel, name, from, message) => call('thread', { channel, name, from, message }),
    lock: (thread, locked) => call('lock', { thread, locked }),
    archive: (thread, archived) => call('archive', { thread, archived }),
    removeChannel: (channel) => call('removeChannel', { channel }),
    unannounce: (thread) => call('unannounce', { thread }),
    preview: (message) => call('preview', { message }),

    press: (message, customId, from, how = { late: false }) => call('press', { message, customId, from, ...how }),
    form: (user) => call('form', { user }),
    submit: (form, values, from, files) => call('submit', { form, values, from, files: sent(files) }),
    dismiss: (form, from) => call('dismiss', { form, from }),
    command: (channel, name, options, from, install) =>
      call('command', {
        channel,
        name,
        options: Object.entries(options).map(([option, value]) =>
          typeof value === 'object' ? { option, ...file64(value) } : { option, value },
        ),
        from,
        install,
      }),
    runOn: (message, from, install) => call('runOn', { message, from, install }),
    commands: () => call('commands', {}),

    seen: (channel, viewer, window = {}) => call('seen', { channel, viewer, ...window }),
    messages: (channel) => call('messages', { channel }),
    dms: (user) => call('dms', { user }),
    ephemerals: (user) => call('ephemerals', { user }),
    authorize: async (url, choice) => (await call<{ location: string }>('authorize', { url, ...choice })).location,
    redirects: (addresses) => call('redirects', { addresses }),
    places: () => call('places', {}),
    async file(id) {
      const { name, mime, base64 } = await call<{ name: string; mime: string; base64: string }>('file', { id });
      return { name, mime, bytes: Buffer.from(base64, 'base64') };
    },
    removeFile: (id) => call('removeFile', { id }),

    gateway: (how) => call('gateway', how),
    lagging: () => call('lagging', {}),
    connections: () => call('connections', {}),
    identifies: () => call('identifies', {}),
    dispatch: (t, d) => call('dispatch', { t, d }),
    interactionsUrl: (address) => call('interactionsUrl', { url: address }),
    eventsUrl: (address) => call('eventsUrl', { url: address }),
    event: (body) => call('event', { body }),
    interaction: (body, how = {}) => call('interaction', { body, ...how }),

    next: (route, fault) => call('next', { routes: typeof route === 'string' ? [route] : route, fault }),
    refuse: (route, code) => call('refuse', { routes: typeof route === 'string' ? [route] : route, code }),
    nextFile: (fault) => call('nextFile', { fault }),
    faults: () => call('faults', {}),
    letGo: () => call('letGo', {}),
    limit: (channel, forMs, scope) => call('limit', { channel, forMs, scope }),
    limitFactor: (factor) => call('limitFactor', { factor }),
    revoke: (revoked) => call('revoke', { revoked }),
    forbid: (words) => call('forbid', { words }),
    allowContent: (allowed) => call('allowContent', { allowed }),
    advance: (ms) => call('advance', { ms }),
    calls: (route) => call('calls', { route }),

    join: (guild) => call('join', { guild }),
    leave: (guild) => call('leave', { guild }),
    outage: (guild, on) => call('outage', { guild, on }),
    install: (user, installed) => call('install', { user, installed }),
    changes: async (after, signal) => (await call<{ version: number }>('changes', { after }, signal)).version,
  };
}

function sent(files: readonly Upload[] | undefined): object[] | undefined {
  return files?.map(file64);
}

function file64({ name, mime, bytes }: Upload): object {
  return { name, mime, base64: bytes.toString('base64') };
}
