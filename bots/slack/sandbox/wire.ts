// Messages, channels, people and files in the shapes in which Slack's API and its events have them.

import type { ConversationsInfoResponse, FilesInfoResponse, UsersInfoResponse } from '@slack/web-api';
import { richTextOf } from './people/typed.ts';
import { type Channel, type FileInfo, type Message, type Team, type User } from './shapes.ts';
import type { State } from './state.ts';

export const appId = 'A0IMPACTER';
export const botName = 'impacter';

export type WireMessage = Readonly<Record<string, unknown>> & { readonly type: 'message'; readonly ts: string };

/** As `conversations.history` and events show it. */
export function wireMessage(state: State, urlOf: (file: FileInfo) => string, team: Team, message: Message): WireMessage {
  const { ts, user, isBot, text, blocks, files, clientMsgId, reactions, edited, broadcast } = message;
  const channel = state.get('channels', message.channel)!;
  if (message.deleted)
    return {
      type: 'message',
      subtype: 'tombstone',
      user: 'USLACKBOT',
      text: 'This message was deleted.',
      hidden: true,
      ts,
      ...threadOf(state, message),
    };
  const author = isBot ? undefined : state.get('users', `${channel.team}/${user}`);
  const isForeign = author !== undefined && author.homeTeam !== channel.team;
  const shown = files.flatMap((id) => state.get('files', id) ?? []).map((file) => wireFile(team, file, urlOf(file)));
  return {
    type: 'message',
    ...(broadcast && { subtype: 'thread_broadcast' }),
    ...(shown.length > 0 && !isBot && { subtype: 'file_share' }),
    user,
    ts,
    ...(clientMsgId !== null && { client_msg_id: clientMsgId }),
    text,
    team: isForeign ? author.homeTeam : channel.team,
    ...(isForeign && { user_team: author.homeTeam, source_team: author.homeTeam }),
    ...(isBot && { bot_id: team.botId, app_id: appId, bot_profile: botProfile(team) }),
    blocks: isBot ? blocks : richTextOf(ts, text),
    ...(shown.length > 0 && { files: shown, upload: false }),
    ...(edited !== null && { edited }),
    ...(reactions.length > 0 && { reactions: reactions.map(({ name, users }) => ({ name, users, count: users.length })) }),
    ...threadOf(state, message),
  };
}

function botProfile(team: Team) {
  const icons = { image_36: '', image_48: '', image_72: '' };
  return { id: team.botId, deleted: false, name: botName, updated: 0, app_id: appId, icons, team_id: team.id };
}

function threadOf(state: State, { ts, channel, thread }: Message): Readonly<Record<string, unknown>> {
  if (thread !== null) return { thread_ts: thread, parent_user_id: state.message(channel, thread)?.user };
  const replies = repliesTo(state, channel, ts);
  if (replies.length === 0) return {};
  const users = [...new Set(replies.map(({ user }) => user))];
  return {
    thread_ts: ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    reply_users: users,
    latest_reply: replies.at(-1)!.ts,
    is_locked: false,
    subscribed: true,
  };
}

/** What everybody sees below the first message of a thread, oldest first. */
export function repliesTo(state: State, channel: string, ts: string): Message[] {
  return state.replies(channel, ts).filter(({ only, deleted }) => only === null && !deleted);
}

/** There is such a thread: a message that begins one, also a deleted one that others answered. */
export function isRoot(state: State, channel: string, ts: string): boolean {
  const root = state.message(channel, ts);
  if (root === undefined || root.thread !== null || root.only !== null) return false;
  return !root.deleted || repliesTo(state, channel, ts).length > 0;
}

export function wireFile({ domain }: Team, file: FileInfo, url: string): NonNullable<FilesInfoResponse['file']> {
  const { id, name, mime, sizeBytes, user, created, isExternal } = file;
  const extension = /\.(\w{1,10})$/.exec(name)?.[1]?.toLowerCase() ?? 'binary';
  return {
    id,
    created,
    timestamp: created,
    name,
    title: name,
    mimetype: mime,
    filetype: extension,
    pretty_type: extension.toUpperCase(),
    user,
    editable: false,
    size: sizeBytes,
    mode: isExternal ? 'external' : 'hosted',
    is_external: isExternal,
    external_type: isExternal ? 'gdrive' : '',
    is_public: true,
    public_url_shared: false,
    display_as_bot: false,
    username: '',
    url_private: url,
    url_private_download: url,
    permalink: `https://${domain}.slack.com/files/${user}/${id}`,
    has_rich_preview: false,
    file_access: 'visible',
  };
}

export function wireChannel(channel: Channel, team: Team): NonNullable<ConversationsInfoResponse['channel']> {
  const { id, name, kind, user, member, archived, shared } = channel;
  return {
    id,
    ...(kind === 'im' ? {} : { name, name_normalized: name }),
    ...(user !== null && { user }),
    created: 1_700_000_000,
    is_channel: kind === 'public',
    is_group: kind === 'private',
    is_im: kind === 'im',
    is_mpim: kind === 'mpim',
    is_private: kind !== 'public',
    is_archived: archived,
    is_member: member,
    is_general: name === 'general',
    is_shared: shared,
    is_ext_shared: shared,
    is_org_shared: false,
    context_team_id: team.id,
    shared_team_ids: [team.id],
  };
}

export function wireUser({ id, name, role, homeTeam }: User): NonNullable<UsersInfoResponse['user']> {
  return {
    id,
    team_id: homeTeam,
    name: name.toLowerCase().replace(/[^a-z0-9._-]/g, '') || 'user',
    real_name: name,
    deleted: false,
    tz: 'America/New_York',
    tz_label: 'Eastern Standard Time',
    tz_offset: -18_000,
    profile: { real_name: name, real_name_normalized: name, display_name: name, display_name_normalized: name },
    is_admin: role === 'admin',
    is_owner: false,
    is_primary_owner: false,
    is_restricted: role === 'guest',
    is_ultra_restricted: false,
    is_bot: false,
    is_app_user: false,
    ...(role === 'outsider' && { is_stranger: true }),
    updated: 1_700_000_000,
  };
}

export function channelType({ kind }: Channel): 'channel' | 'group' | 'im' | 'mpim' {
  return ({ public: 'channel', private: 'group', im: 'im', mpim: 'mpim' } as const)[kind];
}
