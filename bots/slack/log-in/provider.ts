// “Continue with Slack”, by OpenID Connect. What ties an answer to its question is the nonce in what Slack signs: PKCE is not used,
// since Slack takes it only from apps that were declared public clients, which cannot be taken back (docs, Using PKCE, 2026-03).

import { z } from 'zod';
import { callProvider } from '#bots/provider-call.ts';
import type { Clock } from '#core/ports/clock.ts';
import { ProviderError, type LoginProvider, type ProviderPerson } from '#core/ports/login-provider.ts';
import { SLACK_API } from '../api/call.ts';
import type { SlackSettings } from '../settings.ts';
import { keysAt, readIdToken } from './id-token.ts';

/** Who somebody is, and nothing that they could be asked for besides. */
export const LOGIN_SCOPES = ['openid', 'profile', 'email'] as const;
/** Where Slack sends the browser back to. */
export const LOGIN_PATH = '/login/with/slack';

/** null where the settings name no client. */
export function slackLogIn(
  { install: client, apiUrl }: Pick<SlackSettings, 'install' | 'apiUrl'>,
  clock: Pick<Clock, 'now'>,
): LoginProvider | null {
  if (client === null) return null;
  const base = apiUrl ?? SLACK_API;
  const { origin } = new URL(base);
  const keys = keysAt(new URL('../openid/connect/keys', base), clock);
  return {
    platform: 'slack',
    // It says who it is in what it signs.
    issuer: null,
    // A workspace has an address of its own, where its people log in.
    origins: apiUrl === null ? [origin, 'https://*.slack.com'] : [origin],

    addressFor({ state, redirectUri, nonce }) {
      const to = new URL('../openid/connect/authorize', base);
      to.search = new URLSearchParams({
        response_type: 'code',
        client_id: client.clientId,
        scope: LOGIN_SCOPES.join(' '),
        redirect_uri: redirectUri,
        state,
        nonce,
      }).toString();
      return to.href;
    },

    async whoIs({ code, redirectUri, nonce }) {
      const asked = {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
      };
      const { body } = await callProvider(new URL('openid.connect.token', base), { method: 'POST', body: new URLSearchParams(asked) });
      const said = tokenSchema.safeParse(body);
      if (!said.success) throw refusalIn(body);
      const expected = { issuer: origin, audience: client.clientId, nonce };
      return personIn(await readIdToken(said.data.id_token, keys, expected, clock.now()));
    },
  };
}

const tokenSchema = z.object({ ok: z.literal(true), id_token: z.string() });

const codeIsOver: ReadonlySet<unknown> = new Set(['invalid_code', 'code_already_used', 'code_expired', 'invalid_grant']);
const passing: ReadonlySet<unknown> = new Set(['ratelimited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);

function refusalIn({ error }: Readonly<Record<string, unknown>>): ProviderError {
  const word = typeof error === 'string' && /^\w{1,60}$/.test(error) ? error : 'no token';
  return new ProviderError(codeIsOver.has(error) ? 'code' : passing.has(error) ? 'away' : 'settings', word);
}

function personIn(claims: unknown): ProviderPerson {
  const read = personSchema.safeParse(claims);
  if (!read.success) throw new ProviderError('untrue', 'a token that names nobody');
  const { email = null, email_verified, name, ...ids } = read.data;
  return {
    platform: 'slack',
    workspace: ids['https://slack.com/team_id'],
    externalId: ids['https://slack.com/user_id'],
    email,
    emailVerified: email_verified === true,
    name: name ?? '',
    workspaceName: ids['https://slack.com/team_name'] ?? null,
  };
}

const id = z.string().regex(/^[A-Z0-9]{2,60}$/);
const personSchema = z.object({
  'https://slack.com/team_id': id,
  'https://slack.com/user_id': id,
  'https://slack.com/team_name': z.string().max(1_000).nullish(),
  email: z.string().max(1_000).nullish(),
  email_verified: z.unknown().optional(),
  name: z.string().max(1_000).nullish(),
});
