// oauth.v2.access: a code, or a refresh token, for tokens. The app calls it as itself, with its client secret.

import { z } from 'zod';
import type { NewInstallation, Tokens } from '#core/domain/workspaces/installation.ts';
import type { SlackOk, Call } from '../api/call.ts';
import type { SlackConfig } from '#core/contracts/env.ts';

export type InstallClient = NonNullable<SlackConfig['install']>;

/** No token of a workspace: what authorizes the call is in its arguments. */
const AS_ITSELF = '';

export function exchangeCode(
  call: Call,
  { clientId: client_id, clientSecret: client_secret }: InstallClient,
  { code, redirectUri: redirect_uri }: { readonly code: string; readonly redirectUri: string },
  signal: AbortSignal,
): Promise<SlackOk> {
  return call('oauth.v2.access', AS_ITSELF, { client_id, client_secret, code, redirect_uri }, signal);
}

/** A refresh token works once: a call that ended without an answer may have used it up. */
export async function exchangeTokens(
  call: Call,
  { clientId: client_id, clientSecret: client_secret }: InstallClient,
  refresh_token: string,
  { now, signal }: { readonly now: Date; readonly signal: AbortSignal },
): Promise<Tokens> {
  const args = { client_id, client_secret, grant_type: 'refresh_token', refresh_token };
  return tokensIn(tokensSchema.parse(await call('oauth.v2.access', AS_ITSELF, args, signal)), now);
}

/** In all workspaces of a company at once. */
export function isOrgWide(granted: SlackOk): boolean {
  return granted['is_enterprise_install'] === true || granted['team'] === null;
}

/** `now` is when the code was sent. */
export function installationIn(granted: SlackOk, now: Date): NewInstallation {
  const { team, enterprise, bot_user_id, scope, authed_user, ...tokens } = grantSchema.parse(granted);
  return {
    platform: 'slack',
    externalId: team.id,
    enterpriseId: enterprise?.id ?? null,
    name: team.name ?? team.id,
    botUserId: bot_user_id,
    scopes: scope.split(',').filter((each) => each !== ''),
    tokens: tokensIn(tokens, now),
    installedBy: authed_user?.id ?? null,
  };
}

const id = z.string().min(1).max(100);

const tokensSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullish(),
  /** Seconds. */
  expires_in: z.number().positive().nullish(),
});

const grantSchema = tokensSchema.extend({
  scope: z.string().max(10_000),
  bot_user_id: id,
  team: z.object({ id, name: z.string().nullish() }),
  enterprise: z.object({ id }).nullish(),
  authed_user: z.object({ id }).nullish(),
});

function tokensIn({ access_token: bot, refresh_token: refresh, expires_in: seconds }: z.output<typeof tokensSchema>, now: Date): Tokens {
  const expiresAt = seconds === undefined || seconds === null ? null : new Date(now.getTime() + seconds * 1000);
  return { bot, refresh: refresh ?? null, expiresAt };
}
