// What people do on the sandbox, and what tests and its page see of it: over HTTP, so it may be another process.

import type { Fault, Ordered } from '#bots/stand-in/faults.ts';
import { peopleCalls } from '#bots/stand-in/people.ts';
import type { FileFault } from '#bots/stand-in/shelf.ts';
import type { MadeCall } from './api/answer.ts';
import type { SeenForm, SeenMessage } from './people/look.ts';
import type { Channel, Message, Session, Team, User } from './shapes.ts';
import type { Hook } from './tell/hook.ts';
import type { DropReason } from './tell/socket.ts';
import type { Answer, Delivery } from './tell/teller.ts';

export interface Attachment {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Buffer;
  /** Kept elsewhere; Slack has only a link. */
  readonly external?: boolean;
  /** How each download of it ends. */
  readonly fault?: FileFault;
}

export interface Spoken {
  readonly from: string;
  /** The ts of its thread's first message. */
  readonly thread?: string;
  readonly files?: readonly Attachment[];
  /** Shown in the channel too. */
  readonly broadcast?: boolean;
  /** The channel that its person looks at, which is told to an agent in a direct message. */
  readonly viewing?: string;
}

export interface Seen {
  /** Oldest first; of a channel, what begins a thread. */
  readonly messages: readonly SeenMessage[];
  readonly hasEarlier: boolean;
}

export interface SlackPeople {
  /** Installs the app in a workspace, or changes what is known of it. */
  team(
    id: string,
    change?: { name?: string; limited?: boolean; agent?: boolean; scopes?: readonly string[]; token?: string },
  ): Promise<Team>;
  user(
    team: string,
    user: Pick<User, 'id' | 'name' | 'email' | 'emailVerified'> & { role?: User['role']; homeTeam?: string },
  ): Promise<User>;
  /** Opens a channel, or changes one. A public one with the bot in it where nothing else is said. */
  channel(team: string, id: string, change?: Partial<Omit<Channel, 'id' | 'team' | 'user'>> & { user?: string }): Promise<Channel>;
  /** The bot comes into a channel, or leaves it. */
  invite(channel: string, member?: boolean): Promise<void>;
  /** Somebody presses Allow, or Cancel, at the address to which the app sent them. Gives where the browser goes next. */
  authorize(url: string, choice: { team: string; user: string; allow?: boolean }): Promise<string>;
  places(): Promise<{ readonly teams: readonly Team[]; readonly channels: readonly Channel[]; readonly users: readonly User[] }>;

  /** `@impacter` and `@name` are mentions, as is `<@U1>`. */
  say(channel: string, text: string, spoken: Spoken): Promise<{ readonly ts: string; readonly thread: string }>;
  edit(channel: string, ts: string, text: string, from: string): Promise<void>;
  /** Authors delete their own messages, admins all. */
  delete(channel: string, ts: string, from: string): Promise<void>;
  /** Slack shows a preview of a link: a `message_changed` that nobody made. */
  unfurl(channel: string, ts: string): Promise<void>;
  file(id: string): Promise<{ readonly name: string; readonly mime: string; readonly bytes: Buffer }>;
  deleteFile(id: string): Promise<void>;

  /** By where the button stands (`1.0`), its value or its action_id. Resolves once the app has answered. */
  press(channel: string, ts: string, button: string, from: string): Promise<void>;
  pressHome(team: string, button: string, from: string): Promise<void>;
  /** Fields by `<block_id>/<action_id>` or either of them; what is left out stays as it is. */
  submit(view: string, values: Readonly<Record<string, string>>, from: string): Promise<void>;
  dismiss(view: string, from: string): Promise<void>;
  /** `/impacter text` where no other name is given. */
  command(channel: string, text: string, from: string, name?: string): Promise<void>;
  shortcut(channel: string, ts: string, callback: string, from: string): Promise<void>;
  /** Slack's own Stop. */
  stop(channel: string, thread: string, from: string): Promise<void>;
  openApp(team: string, tab: 'home' | 'messages', from: string): Promise<{ readonly channel: string }>;

  /** Also what only this person sees. */
  seen(channel: string, viewer: string, window?: { thread?: string; before?: string; most?: number }): Promise<Seen>;
  form(team: string, viewer: string): Promise<SeenForm | null>;
  home(team: string, viewer: string): Promise<Readonly<Record<string, unknown>> | null>;
  status(channel: string, thread: string): Promise<Session | null>;
  /** What everybody sees, oldest first. */
  messages(channel: string, thread?: string): Promise<Message[]>;

  hook(change: Partial<Hook>): Promise<void>;
  /** The next call of these methods ends like this; several make a queue. No methods: of any. */
  next(methods: string | readonly string[], fault: Fault): Promise<void>;
  nextFile(fault: FileFault): Promise<void>;
  /** What still waits to happen. */
  faults(): Promise<{ readonly calls: readonly Ordered[]; readonly files: readonly FileFault[] }>;
  /** What was held is done now. Gives how many calls that were. */
  letGo(): Promise<number>;
  /** The channel takes no posts of the bot for so long. */
  limit(channel: string, forMs: number): Promise<void>;
  /** Slack allows so many times as many calls as it does. */
  tierFactor(factor: number): Promise<void>;
  revoke(team: string, how: 'token' | 'uninstall'): Promise<void>;
  takeScope(team: string, scope: string): Promise<void>;
  /** Time goes on, on top of the clock that the sandbox was given. */
  advance(ms: number): Promise<void>;
  /** The calls that an app made, oldest first. */
  calls(method?: string): Promise<MadeCall[]>;
  /** How the app was told events, oldest first. */
  deliveries(): Promise<Delivery[]>;
  /** Tells the app an event of any shape. */
  event(team: string, event: Readonly<Record<string, unknown>>, more?: { shared?: boolean; lateMs?: number }): Promise<void>;
  /** Tells the app any body once, signed. */
  post(body: Readonly<Record<string, unknown>>): Promise<Answer>;
  postForm(fields: Readonly<Record<string, string>>): Promise<Answer>;
  /** Slack ends the app's connections; it opens new ones. */
  dropSockets(reason: DropReason): Promise<void>;
  /** How many connections the app has open. */
  socketCount(): Promise<number>;
  /** Resolves with the number of changes as soon as it is not `after`. */
  changes(after: number, signal?: AbortSignal): Promise<number>;
}

/** `token` is the people's, where the sandbox asks for one. */
export function slackPeople(url: string, token?: string): SlackPeople {
  const call = peopleCalls(url, token);
  return {
    team: (id, change = {}) => call('team', { id, ...change }),
    user: (team, user) => call('user', { team, ...user }),
    channel: (team, id, change = {}) => call('channel', { team, id, ...change }),
    invite: (channel, member = true) => call('invite', { channel, member }),
    authorize: async (url, choice) => (await call<{ location: string }>('authorize', { url, ...choice })).location,
    places: () => call('places', {}),

    say: (channel, text, { files = [], ...spoken }) =>
      call('say', { channel, text, ...spoken, files: files.map(({ bytes, ...file }) => ({ ...file, base64: bytes.toString('base64') })) }),
    edit: (channel, ts, text, from) => call('edit', { channel, ts, text, from }),
    delete: (channel, ts, from) => call('delete', { channel, ts, from }),
    unfurl: (channel, ts) => call('unfurl', { channel, ts }),
    async file(id) {
      const { base64, ...file } = await call<{ name: string; mime: string; base64: string }>('file', { id });
      return { ...file, bytes: Buffer.from(base64, 'base64') };
    },
    deleteFile: (id) => call('deleteFile', { id }),

    press: (channel, ts, button, from) => call('press', { channel, ts, button, from }),
    pressHome: (team, button, from) => call('pressHome', { team, button, from }),
    submit: (view, values, from) => call('submit', { view, values, from }),
    dismiss: (view, from) => call('dismiss', { view, from }),
    command: (channel, text, from, name) => call('command', { channel, text, from, ...(name !== undefined && { name }) }),
    shortcut: (channel, ts, callback, from) => call('shortcut', { channel, ts, callback, from }),
    stop: (channel, thread, from) => call('stop', { channel, thread, from }),
    openApp: (team, tab, from) => call('openApp', { team, tab, from }),

    seen: (channel, viewer, window = {}) => call('seen', { channel, viewer, ...window }),
    form: (team, viewer) => call('form', { team, viewer }),
    home: (team, viewer) => call('home', { team, viewer }),
    status: (channel, thread) => call('status', { channel, thread }),
    messages: (channel, thread) => call('messages', { channel, ...(thread !== undefined && { thread }) }),

    hook: (change) => call('hook', change),
    next: (methods, fault) => call('next', { methods: typeof methods === 'string' ? [methods] : methods, fault }),
    nextFile: (fault) => call('nextFile', { fault }),
    faults: () => call('faults', {}),
    letGo: () => call('letGo', {}),
    limit: (channel, forMs) => call('limit', { channel, forMs }),
    tierFactor: (factor) => call('tierFactor', { factor }),
    revoke: (team, how) => call('revoke', { team, how }),
    takeScope: (team, scope) => call('takeScope', { team, scope }),
    advance: (ms) => call('advance', { ms }),
    calls: (method) => call('calls', method === undefined ? {} : { method }),
    deliveries: () => call('deliveries', {}),
    event: (team, event, more = {}) => call('event', { team, event, ...more }),
    post: (body) => call('post', { body }),
    postForm: (fields) => call('postForm', { fields }),
    dropSockets: (reason) => call('dropSockets', { reason }),
    socketCount: () => call('socketCount', {}),
    changes: async (after, signal) => (await call<{ version: number }>('changes', { after }, signal)).version,
  };
}
