// What Discord tells in the bench, as its gateway writes it: servers with two channels each, and the people in them.

export const APP = '900000000000000001';
const JOINED = '2024-01-01T00:00:00.000000+00:00';
const PEOPLE = 20;

export const guildAt = (n: number) => String(100_000_000_000_000_000n + BigInt(n));
export const channelAt = (n: number, which: number) => String(200_000_000_000_000_000n + BigInt(n * 2 + which));
const personAt = (n: number) => String(300_000_000_000_000_000n + BigInt(n));

export function ready(servers: number, url: string): object {
  return {
    v: 10,
    user: { ...userAt(0), id: APP, bot: true },
    guilds: Array.from({ length: servers }, (_, n) => ({ id: guildAt(n), unavailable: true })),
    session_id: 'bench',
    resume_gateway_url: url,
    shard: [0, 1],
    application: { id: APP, flags: 0 },
    private_channels: [],
  };
}

export function guildCreate(n: number): object {
  const id = guildAt(n);
  const channel = (which: number) => ({
    id: channelAt(n, which),
    type: 0,
    name: which === 0 ? 'general' : 'sales',
    position: which,
    parent_id: null,
    last_message_id: null,
    permission_overwrites: [],
  });
  const everyone = { id, name: '@everyone', permissions: '2248473465835073', position: 0, color: 0, hoist: false, managed: false };
  return {
    id,
    name: `Server ${n}`,
    owner_id: personAt(n * PEOPLE),
    premium_tier: 0,
    joined_at: JOINED,
    large: false,
    unavailable: false,
    member_count: PEOPLE + 1,
    features: [],
    roles: [{ ...everyone, mentionable: false }],
    channels: [channel(0), channel(1)],
    members: [{ user: { ...userAt(0), id: APP, bot: true }, roles: [], joined_at: JOINED, deaf: false, mute: false, flags: 0 }],
    ...Object.fromEntries(lists.map((list) => [list, []])),
  };
}

const lists = [
  'threads',
  'emojis',
  'stickers',
  'presences',
  'voice_states',
  'stage_instances',
  'guild_scheduled_events',
  'soundboard_sounds',
];

export interface Where {
  readonly guild: number;
  /** The first channel of the server, or its second. */
  readonly which: number;
  readonly person: number;
}

/** Spread over all servers, their channels, and their people. */
export function whereAt(n: number, servers: number): Where {
  return { guild: n % servers, which: Math.floor(n / servers) % 2, person: n % PEOPLE };
}

/** `noise`: of somebody to somebody else, whose text is not told. */
export function message(id: string, what: 'ask' | 'noise', { guild, which, person }: Where): object {
  const isAsk = what === 'ask';
  const us = { ...userAt(0), id: APP, username: 'bench', bot: true };
  return {
    id,
    channel_id: channelAt(guild, which),
    guild_id: guildAt(guild),
    type: 0,
    author: userAt(guild * PEOPLE + person),
    member: memberOf(),
    content: isAsk ? `<@${APP}> find me a lead in Miami` : '',
    timestamp: new Date().toISOString(),
    edited_timestamp: null,
    tts: false,
    mention_everyone: false,
    mentions: isAsk ? [{ ...us, member: memberOf() }] : [],
    mention_roles: [],
    attachments: [],
    embeds: [],
    components: [],
    pinned: false,
    flags: 0,
    nonce: id,
  };
}

/** As REST gives it: neither its server nor its author's membership. */
export function asHistory(told: object): object {
  const { guild_id: _guild, member: _member, nonce: _nonce, ...history } = told as Readonly<Record<string, unknown>>;
  return history;
}

/** `/ask` in a channel. */
export function ask(id: string, { guild, which, person }: Where): object {
  return {
    id,
    token: `token-${id}`,
    application_id: APP,
    type: 2,
    version: 1,
    guild_id: guildAt(guild),
    channel_id: channelAt(guild, which),
    channel: { id: channelAt(guild, which), type: 0, name: 'general' },
    context: 0,
    app_permissions: '2248473465835073',
    member: { user: userAt(guild * PEOPLE + person), ...memberOf(), permissions: '2048' },
    data: { id: '1', name: 'ask', type: 1, options: [{ name: 'request', type: 3, value: 'find me a lead in Miami' }] },
  };
}

export function memberOf(): object {
  return {
    nick: null,
    avatar: null,
    roles: [],
    joined_at: JOINED,
    premium_since: null,
    deaf: false,
    mute: false,
    flags: 0,
    pending: false,
    communication_disabled_until: null,
  };
}

export function userAt(n: number) {
  return {
    id: personAt(n),
    username: `person${n}`,
    global_name: `Person ${n}`,
    discriminator: '0',
    avatar: null,
    bot: false,
    public_flags: 0,
  };
}
