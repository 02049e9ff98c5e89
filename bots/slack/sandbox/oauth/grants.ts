// What OAuth gives out: codes that work once for ten minutes, and tokens, which rotate where the app wants it.

import { SlackNo } from '../no.ts';
import type { Grant, Team } from '../shapes.ts';
import { slackId, type State } from '../state.ts';
import { appId } from '../wire.ts';

export interface Client {
  readonly id: string;
  readonly secret: string;
  /** Tokens expire after twelve hours, and are exchanged for others. */
  readonly rotates: boolean;
}

const codeMs = 10 * 60_000;
export const tokenMs = 12 * 60 * 60_000;

export function newCode(state: State, grant: Omit<Grant, 'isUsed'>): string {
  const code = `${slackId('')}.${slackId('')}${slackId('')}`;
  state.put('grants', code, { ...grant, isUsed: false });
  return code;
}

interface Exchange {
  readonly code: string;
  readonly redirectUri: string | undefined;
  readonly nowMs: number;
  readonly client: Client;
}

/** What is done once nothing speaks against it: the app is installed, and its tokens are told. */
export function exchange(state: State, { code, redirectUri, nowMs, client }: Exchange): () => object {
  const grant = state.get('grants', code);
  if (grant === undefined || nowMs - grant.atMs > codeMs) throw new SlackNo('invalid_code');
  if (grant.isUsed) throw new SlackNo('code_already_used');
  if (redirectUri !== undefined && redirectUri !== grant.redirectUri) throw new SlackNo('bad_redirect_uri');
  const team = state.get('teams', grant.team)!;
  return () => {
    state.put('grants', code, { ...grant, isUsed: true });
    const installed = withTokens({ ...team, tokenState: 'live', scopes: grant.scopes }, client, nowMs);
    state.put('teams', team.id, installed);
    return told(installed, grant.user, nowMs);
  };
}

/** A refresh token works once; whoever comes with it again has stolen it, and the pair is over. */
export function refresh(state: State, token: string, client: Client, nowMs: number): () => object {
  const teams = [...state.all('teams').values()];
  const team = teams.find(({ refreshToken }) => refreshToken === token);
  const stolen = teams.find(({ usedRefreshTokens }) => usedRefreshTokens?.includes(token));
  if (stolen !== undefined) state.put('teams', stolen.id, { ...stolen, tokenState: 'revoked' });
  if (team === undefined || team.tokenState !== 'live') throw new SlackNo('invalid_refresh_token');
  return () => {
    const used = [...(team.usedRefreshTokens ?? []), token];
    const rotated = { ...withTokens(team, client, nowMs), usedRefreshTokens: used };
    state.put('teams', team.id, rotated);
    return told(rotated, '', nowMs);
  };
}

function withTokens(team: Team, { rotates }: Client, nowMs: number): Team {
  const secret = `${team.id}-${slackId('')}${slackId('')}`;
  const { refreshToken: _old, expiresAtMs: _at, usedRefreshTokens: _used, ...rest } = team;
  if (!rotates) return { ...rest, token: `xoxb-${secret}` };
  return { ...rest, token: `xoxe.xoxb-1-${secret}`, refreshToken: `xoxe-1-${secret}${slackId('')}`, expiresAtMs: nowMs + tokenMs };
}

function told({ id, name, token, scopes, botUser, refreshToken, expiresAtMs }: Team, user: string, nowMs: number): object {
  const isCompany = id.startsWith('E');
  const rotation = refreshToken === undefined ? {} : { refresh_token: refreshToken, expires_in: Math.round((expiresAtMs! - nowMs) / 1000) };
  return {
    ok: true,
    access_token: token,
    token_type: 'bot',
    scope: scopes.join(','),
    bot_user_id: botUser,
    app_id: appId,
    team: isCompany ? null : { id, name },
    enterprise: isCompany ? { id, name } : null,
    ...(user !== '' && { authed_user: { id: user } }),
    is_enterprise_install: isCompany,
    ...rotation,
  };
}
