// Workspaces, people and channels.

import { z } from 'zod';
import { channelKinds, roles, type Channel, type Team, type User } from '../shapes.ts';
import { slackId } from '../state.ts';
import { botName } from '../wire.ts';
import { decided } from '../oauth/authorize.ts';
import { OPENID_PATH } from '../oauth/openid.ts';
import { act, channelOf, id, teamOf } from './act.ts';

/** What the app asks for when it is installed. */
export const allScopes: readonly string[] = [
  'app_mentions:read',
  'assistant:write',
  'channels:history',
  'channels:read',
  'chat:write',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'mpim:history',
  'mpim:read',
  'reactions:write',
  'team:read',
  'users:read',
  'users:read.email',
];

const team = act(
  z.strictObject({
    id: id.regex(/^[TE]/),
    name: z.string().min(1).max(80).optional(),
    limited: z.boolean().optional(),
    agent: z.boolean().optional(),
    scopes: z.array(z.string().max(60)).max(60).optional(),
    token: z.string().min(8).max(200).optional(),
  }),
  ({ state }, { id: teamId, ...given }) => {
    const before = state.get('teams', teamId);
    const { name = before?.name ?? teamId, token = before?.token ?? `xoxb-${teamId}-${slackId('')}${slackId('')}` } = given;
    const made: Team = {
      id: teamId,
      name,
      domain:
        name
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, '-')
          .replace(/^-|-$/g, '') || teamId.toLowerCase(),
      token,
      tokenState: 'live',
      scopes: given.scopes ?? before?.scopes ?? allScopes,
      botUser: before?.botUser ?? `U0BOT${teamId.slice(1, 12)}`,
      botId: before?.botId ?? `B0BOT${teamId.slice(1, 12)}`,
      limited: given.limited ?? before?.limited ?? false,
      agent: given.agent ?? before?.agent ?? true,
    };
    state.put('teams', teamId, made);
    return made;
  },
);

const user = act(
  z.strictObject({
    team: id,
    id: id.regex(/^[UW]/),
    name: z.string().min(1).max(80),
    role: z.enum(roles).default('member'),
    homeTeam: id.optional(),
    email: z.string().max(254).nullable().optional(),
    emailVerified: z.boolean().optional(),
  }),
  (people, { team: teamId, homeTeam, email, emailVerified, ...given }) => {
    teamOf(people, teamId);
    const home = homeTeam ?? (given.role === 'outsider' ? 'T0ELSEWHERE' : teamId);
    const mail = { ...(email !== undefined && { email }), ...(emailVerified !== undefined && { emailVerified }) };
    const made: User = { ...given, ...mail, team: teamId, homeTeam: home };
    people.state.put('users', `${teamId}/${given.id}`, made);
    return made;
  },
);

const channel = act(
  z.strictObject({
    team: id,
    id: id.regex(/^[CDG]/),
    name: z.string().min(1).max(80).optional(),
    kind: z.enum(channelKinds).optional(),
    user: id.optional(),
    member: z.boolean().optional(),
    archived: z.boolean().optional(),
    shared: z.boolean().optional(),
    botReads: z.enum(['everywhere', 'dms']).optional(),
  }),
  (people, { team: teamId, ...given }) => {
    teamOf(people, teamId);
    const before = people.state.get('channels', given.id);
    const made: Channel = {
      id: given.id,
      team: teamId,
      name: given.name ?? before?.name ?? given.id.toLowerCase(),
      kind: given.kind ?? before?.kind ?? (given.id.startsWith('D') ? 'im' : 'public'),
      user: given.user ?? before?.user ?? null,
      member: given.member ?? before?.member ?? true,
      archived: given.archived ?? before?.archived ?? false,
      shared: given.shared ?? before?.shared ?? false,
      botReads: given.botReads ?? before?.botReads ?? 'everywhere',
    };
    people.state.put('channels', made.id, made);
    return made;
  },
);

/** The bot's own user and app are left out. */
const places = act(z.strictObject({}), ({ state }) => ({
  teams: [...state.all('teams').values()],
  channels: [...state.all('channels').values()],
  users: [...state.all('users').values()],
}));

const revoke = act(z.strictObject({ team: id, how: z.enum(['token', 'uninstall']) }), (people, { team: teamId, how }) => {
  const before = teamOf(people, teamId);
  // It is still told that it is gone.
  const eventTs = people.state.nextTs();
  if (how === 'uninstall') people.teller.event(before, { type: 'app_uninstalled', event_ts: eventTs });
  people.teller.event(before, { type: 'tokens_revoked', tokens: { oauth: [], bot: [before.botUser] }, event_ts: eventTs });
  people.state.put('teams', teamId, { ...before, tokenState: how === 'uninstall' ? 'uninstalled' : 'revoked' });
});

const takeScope = act(z.strictObject({ team: id, scope: z.string() }), (people, { team: teamId, scope }) => {
  const before = teamOf(people, teamId);
  people.state.put('teams', teamId, { ...before, scopes: before.scopes.filter((each) => each !== scope) });
});

/** Somebody presses Allow, or Cancel, on the page to which the app sent them. Gives where the browser goes next. */
const authorize = act(
  z.strictObject({ url: z.url(), team: id, user: id, allow: z.boolean().default(true) }),
  (people, { url, ...choice }) => {
    const { pathname, searchParams } = new URL(url);
    if (pathname === OPENID_PATH) return { location: people.openId.decided(searchParams, choice) };
    return { location: decided(people, searchParams, choice) };
  },
);

/** The bot comes into a channel, or leaves it. */
const invite = act(z.strictObject({ channel: id, member: z.boolean() }), (people, { channel: channelId, member }) => {
  people.state.put('channels', channelId, { ...channelOf(people, channelId), member });
});

export const setupActs = { authorize, team, user, channel, places, revoke, takeScope, invite };

/** Everybody who can be mentioned there, by name in lower case. */
export function namesIn(world: Parameters<typeof teamOf>[0], teamId: string): Map<string, string> {
  const { botUser } = teamOf(world, teamId);
  const users = [...world.state.all('users').values()].filter((each) => each.team === teamId);
  return new Map([...users.map((each): [string, string] => [each.name.toLowerCase().replaceAll(' ', '.'), each.id]), [botName, botUser]]);
}
