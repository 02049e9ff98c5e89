// A message of Slack, as the verb of chats that it means. However often, in whatever order and in whichever event it is told, it is
// the same gesture.

import { isAside, muteIn, sayMayNotMute, sayMuted, sayMuteInThread } from '#bots/mute-words.ts';
import type { EditInput, MessageInput } from '#core/contracts/chats.ts';
import { never } from '#core/domain/never.ts';
import { safeFileName } from '#core/domain/files/file-name.ts';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import type { MessageEvent, SaidMessage, SlackFile } from '../in/shapes.ts';
import type { WaitOf } from '../in/wait.ts';
import { fileRef } from '../out/fetcher.ts';
import { atOf, channelOf, messageKey, twinKey } from '../keys.ts';
import { refs } from '../refs.ts';
import type { SaidDeps } from './deps.ts';
import { heardOurs, isOurs } from './echo.ts';
import { mentions, plainWords, withNames } from './plain-words.ts';
import type { Rules } from './rules.ts';
import { speakerOf } from './speaker.ts';

/** Resolves once the outcome is committed. What is said in one thread is given one by one, in order. */
export async function handleMessage(deps: SaidDeps, here: Installation, event: MessageEvent, wait: WaitOf): Promise<void> {
  const told = meaningOf(event, here);
  switch (told.kind) {
    case 'said':
      return said(deps, here, told.event, wait);
    case 'edited':
      return edited(deps, here, event, wait);
    case 'removed':
      return removed(deps, here, event, wait);
    case 'ours':
      return heardOurs(deps, here, event);
    case 'nothing':
      return;
    default:
      never(told);
  }
}

export type Meaning =
  | { readonly kind: 'said'; readonly event: Said }
  | { readonly kind: 'edited' | 'removed' | 'ours' }
  /** Joins, topics, pins and the like are nobody's words; and what a bot says starts nothing, or two would talk for ever. */
  | { readonly kind: 'nothing' };

export function meaningOf(event: MessageEvent, here: Installation): Meaning {
  const { subtype, user, ts, bot_id: bot, message, previous_message: before } = event;
  if (subtype === 'message_changed') return { kind: message?.subtype === 'tombstone' ? 'removed' : 'edited' };
  if (subtype === 'message_deleted') return { kind: 'removed' };
  if (isOurs(event, here)) return { kind: 'ours' };
  if (subtype !== undefined && !spoken.has(subtype)) return { kind: 'nothing' };
  if (bot !== undefined || user === undefined || ts === undefined || before !== undefined) return { kind: 'nothing' };
  return { kind: 'said', event: { ...event, user, ts } };
}

const spoken: ReadonlySet<string> = new Set(['file_share', 'thread_broadcast', 'me_message']);

export type Said = MessageEvent & { readonly user: string; readonly ts: string };

async function said(deps: SaidDeps, here: Installation, event: Said, wait: WaitOf): Promise<void> {
  const { app, directory, rules, names, forOne, status, brandName } = deps;
  const { externalId: team, botUserId } = here;
  const { channel, ts, user } = event;
  const thread = event.thread_ts ?? ts;
  const how = howSaid(channel, event.text ?? '', botUserId);
  const text = plainWords(event.text ?? '', botUserId);
  if (isAside(text)) return;
  if (how === 'thread' && !(await mayBeFollowUp(rules, team, channel, event.thread_ts ?? null, ts))) return;
  const [who, words] = await Promise.all([directory.who(team, user), wordsIn(deps, here, event.text)]);
  if (who.isBot) return;

  const key = messageKey(team, channel, ts);
  // Slack shows nothing to one person in a thread that nobody has answered in.
  const to = { team, channel, thread: event.thread_ts ?? null, user };
  const word = how === 'thread' ? null : muteIn(text);
  if (word !== null) {
    if (event.thread_ts === undefined) return forOne.tell(key, to, sayMuteInThread(word, brandName));
    if (who.isGuest || who.isOutsider) return forOne.tell(key, to, sayMayNotMute('slack'));
    await rules.mute(team, channel, thread, word === 'mute', ts);
    return forOne.tell(key, to, sayMuted(word, brandName));
  }
  const message: MessageInput = {
    key,
    ...(event.client_msg_id !== undefined && { also: twinKey(event.client_msg_id) }),
    threadRef: refs.format({ team, channel, thread }),
    channel: channelOf(team, channel),
    text: words,
    at: atOf(ts),
    how,
    files: (event.files ?? []).map((file) => attached(team, file)),
    ...(how === 'direct' && { context: await viewed(deps, here, event) }),
  };
  const { show, outcome, repeated, refused } = await app.chats.hear(speakerOf(here, who), message, wait());
  if (outcome === 'task' && !repeated) status.working(message.threadRef, user, ts);
  // Where people may not ask, the page that opens channels for them lists it by its name.
  if (outcome === 'task' || outcome === 'approval' || refused?.code === 'place.not-allowed')
    forOne.attempt(names.seen(here, channel, who.name));
  forOne.show(key, to, show);
}

/** The channel that somebody looks at while they write to us, where everybody may know it and its name is known by now. */
async function viewed(
  { app, names, forOne }: SaidDeps,
  here: Installation,
  { app_context: about }: MessageEvent,
): Promise<string | undefined> {
  const channel = about?.entities.find(({ type }) => type.endsWith('/channel_id'))?.value;
  if (channel === undefined || !channel.startsWith('C')) return undefined;
  forOne.attempt(names.seen(here, channel, ''));
  const place = await app.workspaces.place(channelOf(here.externalId, channel)).catch(() => null);
  return place === null || place.private || place.name === null ? undefined : `Written while looking at ${place.name} in Slack.`;
}

/** Most of what is said in channels is neither for us nor in a thread where we were asked: nobody is looked up for it. */
export async function mayBeFollowUp(rules: Rules, team: string, channel: string, thread: string | null, ts: string): Promise<boolean> {
  const [rule, isOurs] = await Promise.all([
    rules.of(team, channel, thread ?? ts),
    thread === null ? false : rules.follows(team, channel, thread),
  ]);
  return rule !== null && (isOurs || rule === 'always');
}

/** Direct messages with the app have ids of their own. The text says whether it names us, in whichever event it comes. */
export function howSaid(channel: string, text: string, botUser: string | null): 'direct' | 'mention' | 'thread' {
  if (channel.startsWith('D')) return 'direct';
  return mentions(text, botUser) ? 'mention' : 'thread';
}

export type Edited = SaidMessage & { readonly user: string; readonly ts: string; readonly edited: { readonly ts: string } };

/** Slack also tells of a change when it has drawn a link, counted an answer, or when we edited a post of ours: null. */
export function editIn({ message: now, previous_message: before }: MessageEvent): Edited | null {
  if (now?.user === undefined || now.ts === undefined || now.edited === undefined || now.bot_id !== undefined) return null;
  return before !== undefined && before.text === now.text ? null : { ...now, user: now.user, ts: now.ts, edited: now.edited };
}

async function edited(deps: SaidDeps, here: Installation, event: MessageEvent, wait: WaitOf): Promise<void> {
  const { app, directory, forOne, status } = deps;
  const { previous_message: before, channel } = event;
  const now = editIn(event);
  if (now === null || !(await mayBeRequest(deps, here, channel, now, before))) return;
  const { externalId: team } = here;
  const who = await directory.who(team, now.user);
  if (who.isBot) return;
  const key = messageKey(team, channel, now.ts);
  const at = atOf(now.edited.ts);
  const [text, old] = await Promise.all([wordsIn({ directory }, here, now.text), wordsIn({ directory }, here, before?.text)]);
  const edit = { key, text, at, ...(old !== '' && { before: old }), ...inPlaceOf(here, event, now) };
  const { show, outcome, repeated } = await app.chats.changed(speakerOf(here, who), edit, wait());
  if (outcome === 'task' && !repeated && edit.message !== undefined) status.working(edit.message.threadRef, now.user, now.ts);
  forOne.show(`${key}:${now.edited.ts}`, { team, channel, thread: now.thread_ts ?? null, user: now.user }, show);
}

/** As the agent reads it. */
export async function wordsIn({ directory }: Pick<SaidDeps, 'directory'>, here: Installation, text = ''): Promise<string> {
  const { externalId: team, botUserId } = here;
  return plainWords(await withNames(text, botUserId, (id) => directory.who(team, id)), botUserId);
}

/** The message that was edited, for an edit that Slack tells first. One that now names us, and did not, is no request. */
function inPlaceOf(
  { externalId: team, botUserId }: Installation,
  { channel, previous_message: before }: MessageEvent,
  now: SaidMessage & { readonly ts: string },
): Pick<EditInput, 'message'> {
  const text = now.text ?? '';
  const how = howSaid(channel, text, botUserId);
  if (before === undefined || how !== howSaid(channel, before.text ?? '', botUserId)) return {};
  const versions = [text, before.text ?? ''].map((each) => plainWords(each, botUserId));
  if (versions.some((words) => isAside(words) || muteIn(words) !== null)) return {};
  return {
    message: {
      ...(now.client_msg_id !== undefined && { also: twinKey(now.client_msg_id) }),
      threadRef: refs.format({ team, channel, thread: now.thread_ts ?? now.ts }),
      channel: channelOf(team, channel),
      at: atOf(now.ts),
      how,
      files: (now.files ?? []).map((file) => attached(team, file)),
    },
  };
}

/** What was deleted, with its ts; null where it was nothing of a person's. */
export function removalIn({
  deleted_ts: deleted,
  previous_message: before,
}: MessageEvent): (SaidMessage & { user: string; ts: string }) | null {
  const ts = deleted ?? before?.ts;
  return before?.user === undefined || ts === undefined || before.bot_id !== undefined ? null : { ...before, user: before.user, ts };
}

/** Slack names the author and not who deleted it: the author is the speaker. */
async function removed(deps: SaidDeps, here: Installation, event: MessageEvent, wait: WaitOf): Promise<void> {
  const { app, directory } = deps;
  const { channel } = event;
  const before = removalIn(event);
  if (before === null || !(await mayBeRequest(deps, here, channel, before))) return;
  const { ts } = before;
  const who = await directory.who(here.externalId, before.user);
  if (!who.isBot) await app.chats.removed(speakerOf(here, who), { key: messageKey(here.externalId, channel, ts) }, wait());
}

/** Whatever else is edited or removed in a channel was never one. Where every message is a request, each may have been. */
export async function mayBeRequest(
  { rules }: Pick<SaidDeps, 'rules'>,
  { externalId: team, botUserId }: Installation,
  channel: string,
  message: SaidMessage,
  before?: SaidMessage,
): Promise<boolean> {
  const texts = [message.text ?? '', before?.text ?? ''];
  if (channel.startsWith('D') || texts.some((text) => mentions(text, botUserId))) return true;
  const { ts, thread_ts: thread } = message;
  return ts !== undefined && mayBeFollowUp(rules, team, channel, thread ?? null, ts);
}

type Attached = Extract<NonNullable<MessageInput['files']>[number], { readonly kind: 'remote' }>;

export function attached(team: string, { id, name, mimetype, size }: SlackFile): Attached {
  return {
    kind: 'remote',
    name: safeFileName(name ?? 'file'),
    mime: mimetype?.trim() || 'application/octet-stream',
    // In a channel that companies share its size is only known once it is asked for.
    sizeBytes: size ?? 1,
    ref: fileRef(team, id ?? 'none'),
  };
}
