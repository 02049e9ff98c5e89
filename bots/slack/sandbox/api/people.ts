// Who is there: the token itself, its workspace, people and bots.

import type { AuthTestResponse, BotsInfoResponse, TeamInfoResponse, UsersInfoResponse } from '@slack/web-api';
import { SlackNo } from '../no.ts';
import type { Team } from '../shapes.ts';
import { appId, botName, wireUser } from '../wire.ts';
import { args, bool, method, word } from './method.ts';

const authTest = method({
  scopes: [],
  tier: 4,
  json: true,
  schema: args({}),
  bind:
    ({ team }) =>
    () =>
      ({
        ok: true,
        url: `https://${team.domain}.slack.com/`,
        team: team.name,
        user: botName,
        team_id: team.id,
        user_id: team.botUser,
        bot_id: team.botId,
        is_enterprise_install: false,
      }) satisfies AuthTestResponse,
});

const authRevoke = method({
  scopes: [],
  tier: 3,
  json: false,
  schema: args({ test: bool.optional() }),
  bind:
    ({ world, team, args: { test = false } }) =>
    () => {
      if (!test) world.state.put('teams', team.id, { ...team, tokenState: 'revoked' });
      return { ok: true, revoked: !test };
    },
});

const teamInfo = method({
  scopes: ['team:read'],
  tier: 3,
  json: false,
  schema: args({ team: word.optional(), domain: word.optional() }),
  bind({ team, args: { team: asked = team.id } }) {
    if (asked !== team.id) throw new SlackNo('team_not_found');
    const { id, name, domain } = team;
    return () =>
      ({
        ok: true,
        team: { id, name, domain, url: `https://${domain}.slack.com/`, email_domain: '', icon: { image_default: true } },
      }) satisfies TeamInfoResponse;
  },
});

const usersInfo = method({
  scopes: ['users:read'],
  tier: 4,
  json: false,
  schema: args({ user: word, include_locale: bool.optional() }),
  bind({ world, team, args: { user: id } }) {
    const user = world.state.get('users', `${team.id}/${id}`);
    if (user === undefined && id !== team.botUser) throw new SlackNo('user_not_found');
    return () => ({ ok: true, user: user === undefined ? botAsUser(team) : wireUser(user) }) satisfies UsersInfoResponse;
  },
});

const botsInfo = method({
  scopes: ['users:read'],
  tier: 3,
  json: false,
  schema: args({ bot: word.optional() }),
  bind({ team, args: { bot = team.botId } }) {
    if (bot !== team.botId) throw new SlackNo('bot_not_found');
    const found = { id: bot, deleted: false, name: botName, updated: 0, app_id: appId, user_id: team.botUser, icons: {} };
    return () => ({ ok: true, bot: found }) satisfies BotsInfoResponse;
  },
});

export const peopleMethods = {
  'auth.test': authTest,
  'auth.revoke': authRevoke,
  'team.info': teamInfo,
  'users.info': usersInfo,
  'bots.info': botsInfo,
};

function botAsUser(team: Team) {
  const user = wireUser({ team: team.id, id: team.botUser, name: botName, role: 'member', homeTeam: team.id });
  return { ...user, is_bot: true, profile: { ...user.profile, bot_id: team.botId, api_app_id: appId } };
}
