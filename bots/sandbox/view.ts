// Where somebody is, as an address of the page and as the hidden fields of its forms.

import { html, type Markup } from '#core/domain/text/html.ts';
import type { ChatChannel, ChatPerson, ChatSandbox, ChatView, ChatWorkspace } from './chat.ts';

/** A view with what its ids stand for. */
export interface Place extends ChatView {
  /** Of the page, without a slash at the end. */
  readonly base: string;
  readonly workspaces: readonly ChatWorkspace[];
  readonly here: ChatWorkspace;
  readonly channelHere: ChatChannel;
  readonly person: ChatPerson;
  /** Said where people write in a channel; null where there is nothing to say. */
  readonly howToAsk: string | null;
  /** The platform has a Stop of its own. */
  readonly canStop: boolean;
  readonly shortcuts: NonNullable<ChatSandbox['shortcuts']>;
  readonly prompts: NonNullable<ChatSandbox['prompts']>;
  /** Show only what is older than this message. */
  readonly before: string | null;
}

/** What the address asks for, where that is there; else the first there is. null without any workspace. */
export async function placeIn(sandbox: ChatSandbox, base: string, asked: URLSearchParams): Promise<Place | null> {
  const workspaces = (await sandbox.workspaces()).filter(({ channels, people }) => channels.length > 0 && people.length > 0);
  const here = workspaces.find(({ id }) => id === asked.get('workspace')) ?? workspaces[0];
  if (here === undefined) return null;
  const person = here.people.find(({ id }) => id === asked.get('as')) ?? here.people[0]!;
  const open = channelsFor(here, person);
  const asksFor = open.find(({ id }) => id === asked.get('channel'));
  const channelHere = asksFor ?? open[0];
  if (channelHere === undefined) return null;
  const id = (name: string) => (/^[\w.-]{1,100}$/.test(asked.get(name) ?? '') ? asked.get(name) : null);
  return {
    base,
    workspaces,
    here,
    channelHere,
    person,
    shortcuts: sandbox.shortcuts ?? [],
    prompts: sandbox.prompts ?? [],
    howToAsk: (channelHere.direct === null ? sandbox.howToAsk : undefined) ?? null,
    canStop: sandbox.stop !== undefined,
    workspace: here.id,
    channel: channelHere.id,
    as: person.id,
    // The thread of another channel is none of this one.
    thread: asksFor === undefined ? null : id('thread'),
    before: asksFor === undefined ? null : id('before'),
  };
}

/** Direct messages are shown to the person whose they are. */
export function channelsFor({ channels }: ChatWorkspace, { id }: ChatPerson): ChatChannel[] {
  return channels.filter(({ direct }) => direct === null || direct === id);
}

export function addressOf(
  { base, workspace, channel, thread, as }: ChatView & Pick<Place, 'base'>,
  more: { before?: string } = {},
): string {
  const query = new URLSearchParams({ workspace, channel, ...(thread !== null && { thread }), as, ...more });
  return `${base}?${query.toString()}`;
}

/** The view, for a form that acts there. `as` is left out where the form has a field for it. */
export function viewFields({ workspace, channel, thread, as }: ChatView, { withAs = true } = {}): Markup {
  return html`<input type="hidden" name="workspace" value="${workspace}" /><input
      type="hidden"
      name="channel"
      value="${channel}"
    />${thread === null ? '' : html`<input type="hidden" name="thread" value="${thread}" />`}${
      withAs ? html`<input type="hidden" name="as" value="${as}" />` : ''
    }`;
}

export function nameOf({ name, direct, page = false }: ChatChannel): string {
  return direct === null && !page ? `#${name}` : name;
}
