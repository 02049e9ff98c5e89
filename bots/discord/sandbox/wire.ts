// Channels, people and servers in the shapes in which Discord's API and gateway have them. Messages: wire-message.ts.

import type { APIApplication, APIChannel, APIGuildMember, APIRole, APIUser, GatewayGuildCreateDispatchData } from 'discord-api-types/v10';
import { inChannel, isThread } from './permissions.ts';
import type { Channel, Guild, Member, Role } from './shapes.ts';
import { botId, botName } from './bot.ts';
import type { State } from './state.ts';

export interface Look {
  readonly state: State;
}

export function wireUser({ state }: Look, id: string): APIUser {
  const person = state.get('people', id);
  const name = id === botId ? botName : (person?.name ?? 'Deleted User');
  const shape = {
    id,
    username: name.toLowerCase().replace(/[^a-z0-9_.]+/g, '_'),
    discriminator: '0',
    global_name: name,
    avatar: null,
    ...((id === botId || person?.isBot === true) && { bot: true }),
    public_flags: 0,
  };
  return shape as APIUser;
}

/** Without its user, as messages have it; `whole` as REST and interactions do. */
export function wireMember(look: Look, member: Member, whole = false): APIGuildMember {
  const { user, roles, kind, joinedAt } = member;
  const shape = {
    ...(whole && { user: wireUser(look, user) }),
    roles: [...roles],
    joined_at: joinedAt,
    nick: null,
    avatar: null,
    banner: null,
    premium_since: null,
    deaf: false,
    mute: false,
    communication_disabled_until: null,
    // Invited to one voice channel.
    flags: kind === 'guest' ? 16 : 0,
    // Messages say nothing of it.
    ...(whole && { pending: kind === 'pending' }),
  };
  return shape as unknown as APIGuildMember;
}

export function wireRole({ id, guild, name, permissions }: Role): APIRole {
  const shape = {
    id,
    name,
    permissions,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position: id === guild ? 0 : 1,
    managed: false,
    mentionable: true,
    flags: 0,
  };
  return shape as APIRole;
}

export function wireChannel(look: Look, channel: Channel): APIChannel {
  const { id, guild, type, name, parent, overwrites, slowmodeS, owner, locked, archived, archiveAfterMin, createdAt } = channel;
  const lastMessage = look.state
    .messages(id)
    .filter(({ only }) => only === null)
    .at(-1);
  const last = { last_message_id: lastMessage?.id ?? (isThread(channel) ? id : null), flags: 0 };
  if (guild === null) return { id, type, ...last, recipients: channel.people.map((user) => wireUser(look, user)) } as APIChannel;
  if (isThread(channel)) {
    const count = look.state.messages(id).filter(({ deleted, only }) => !deleted && only === null).length;
    const shape = {
      id,
      type,
      ...last,
      guild_id: guild,
      name,
      parent_id: parent,
      owner_id: owner,
      rate_limit_per_user: slowmodeS,
      message_count: count,
      total_message_sent: count,
      member_count: 1,
      thread_metadata: {
        archived,
        locked,
        auto_archive_duration: archiveAfterMin,
        archive_timestamp: createdAt,
        create_timestamp: createdAt,
      },
    };
    return shape as unknown as APIChannel;
  }
  const shape = {
    id,
    type,
    ...last,
    guild_id: guild,
    name,
    position: 0,
    parent_id: parent,
    permission_overwrites: overwrites.map((each) => ({ ...each })),
    nsfw: false,
    topic: null,
    rate_limit_per_user: slowmodeS,
    ...(type === 15 && { available_tags: [], default_reaction_emoji: null, default_sort_order: null, default_forum_layout: 0 }),
    ...((type === 2 || type === 13) && { bitrate: 64_000, user_limit: 0, rtc_region: null }),
  };
  return shape as unknown as APIChannel;
}

export function channelsIn({ state }: Look, guild: string): Channel[] {
  return [...state.all('channels').values()].filter((each) => each.guild === guild && !each.deleted);
}

export function rolesIn({ state }: Look, guild: string): Role[] {
  return [...state.all('roles').values()].filter((each) => each.guild === guild);
}

export function membersIn({ state }: Look, guild: string): Member[] {
  return [...state.all('members').values()].filter((each) => each.guild === guild && each.kind !== 'absent');
}

export function wireGuild(look: Look, guild: Guild) {
  const { id, name, owner, tier } = guild;
  return {
    id,
    name,
    icon: null,
    splash: null,
    discovery_splash: null,
    owner_id: owner,
    region: 'us',
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    roles: rolesIn(look, id).map(wireRole),
    emojis: [],
    stickers: [],
    features: [],
    mfa_level: 0,
    application_id: null,
    system_channel_id: channelsIn(look, id).find(({ type }) => type === 0)?.id ?? null,
    system_channel_flags: 0,
    rules_channel_id: null,
    max_members: 500_000,
    vanity_url_code: null,
    description: null,
    banner: null,
    premium_tier: tier,
    premium_subscription_count: 0,
    preferred_locale: 'en-US',
    public_updates_channel_id: null,
    nsfw_level: 0,
    premium_progress_bar_enabled: false,
    safety_alerts_channel_id: null,
    incidents_data: null,
    hub_type: null,
    home_header: null,
  };
}

/** As the gateway tells of a server: the threads in it are those that are not archived. */
export function wireGuildCreate(
  look: Look,
  guild: Guild,
  { hasMembers }: { readonly hasMembers: boolean },
): GatewayGuildCreateDispatchData {
  const hidden = new Set(look.state.meta().unannounced);
  const seen = channelsIn(look, guild.id).filter((channel) => (inChannel(look.state, channel, botId) & 1024n) !== 0n);
  const members = membersIn(look, guild.id);
  const told = hasMembers ? members : members.filter(({ user }) => user === botId);
  const shape = {
    ...wireGuild(look, guild),
    joined_at: guild.joinedAt,
    large: false,
    unavailable: false,
    member_count: members.length,
    voice_states: [],
    members: told.map((member) => wireMember(look, member, true)),
    channels: seen.filter((each) => !isThread(each)).map((each) => wireChannel(look, each)),
    threads: seen.filter((each) => isThread(each) && !each.archived && !hidden.has(each.id)).map((each) => wireChannel(look, each)),
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
  return shape as unknown as GatewayGuildCreateDispatchData;
}

export function wireApplication(look: Look): Partial<APIApplication> {
  const { allowsContent, interactionsUrl, eventsUrl } = look.state.meta();
  const shape = {
    id: botId,
    name: botName,
    icon: null,
    description: '',
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: '',
    // Content of messages, as an app has it in few servers.
    flags: allowsContent ? 1 << 19 : 0,
    flags_new: '0',
    bot: wireUser(look, botId),
    interactions_endpoint_url: interactionsUrl,
    event_webhooks_url: eventsUrl,
    event_webhooks_status: eventsUrl === null ? 1 : 2,
    approximate_guild_count: [...look.state.all('guilds').values()].filter(({ bot }) => bot).length,
    approximate_user_install_count: look.state.meta().installs.length,
    integration_types_config: { 0: {}, 1: {} },
    install_params: null,
    tags: [],
    redirect_uris: look.state.meta().redirects ?? [],
  };
  return shape as unknown as Partial<APIApplication>;
}
