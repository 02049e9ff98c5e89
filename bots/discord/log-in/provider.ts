// “Continue with Discord”: OAuth with PKCE. Discord says in its own API who somebody is; the token is used for that once and kept
// nowhere.

import { z } from 'zod';
import { callProvider } from '#bots/provider-call.ts';
import { ProviderError, type LoginProvider, type ProviderPerson } from '#core/ports/login-provider.ts';
import { DISCORD_API } from '../api/call.ts';
import type { DiscordSettings } from '../settings.ts';

/** Who somebody is, with their email address. */
export const LOGIN_SCOPES = ['identify', 'email'] as const;
/** Where Discord sends the browser back to. */
export const LOGIN_PATH = '/login/with/discord';
const USER_AGENT = 'DiscordBot (https://discord.com, 10)';

/** null where the settings have no secret of the client. */
export function discordLogIn({
  applicationId,
  clientSecret,
  apiUrl,
}: Pick<DiscordSettings, 'applicationId' | 'clientSecret' | 'apiUrl'>): LoginProvider | null {
  if (clientSecret === null) return null;
  const base = apiUrl ?? DISCORD_API;
  const { origin } = new URL(base);
  return {
    platform: 'discord',
    issuer: origin,
    origins: [origin],

    addressFor({ state, redirectUri, challenge }) {
      const to = new URL(apiUrl === null ? `${origin}/oauth2/authorize` : `${base}/oauth2/authorize`);
      to.search = new URLSearchParams({
        response_type: 'code',
        client_id: applicationId,
        scope: LOGIN_SCOPES.join(' '),
        redirect_uri: redirectUri,
        state,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        // Whoever agreed before is not asked again.
        prompt: 'none',
      }).toString();
      return to.href;
    },

    async whoIs({ code, redirectUri, verifier }) {
      const token = await exchange({ code, redirect_uri: redirectUri, code_verifier: verifier });
      const headers = { Authorization: `Bearer ${token}`, 'User-Agent': USER_AGENT };
      const { status, body } = await callProvider(new URL(`${base}/v10/users/@me`), { method: 'GET', headers });
      const read = personSchema.safeParse(body);
      if (!read.success) throw new ProviderError('untrue', `nobody behind the token, with status ${status}`);
      return personOf(read.data);
    },
  };

  async function exchange(given: Readonly<Record<string, string>>): Promise<string> {
    const headers = {
      Authorization: `Basic ${Buffer.from(`${applicationId}:${clientSecret}`).toString('base64')}`,
      'User-Agent': USER_AGENT,
    };
    const body = new URLSearchParams({ grant_type: 'authorization_code', ...given });
    const said = await callProvider(new URL(`${base}/oauth2/token`), { method: 'POST', headers, body });
    const read = tokenSchema.safeParse(said.body);
    if (said.status === 200 && read.success) return read.data.access_token;
    const { error } = said.body;
    const word = typeof error === 'string' && /^\w{1,60}$/.test(error) ? error : `status ${said.status}`;
    throw new ProviderError(error === 'invalid_grant' ? 'code' : 'settings', word);
  }
}

const tokenSchema = z.object({ access_token: z.string().min(1).max(2_000), token_type: z.literal('Bearer') });

const personSchema = z.object({
  id: z.string().regex(/^\d{17,20}$/),
  username: z.string().max(1_000),
  global_name: z.string().max(1_000).nullish(),
  email: z.string().max(1_000).nullish(),
  verified: z.boolean().nullish(),
});

function personOf({ id, username, global_name: name, email, verified }: z.output<typeof personSchema>): ProviderPerson {
  return {
    platform: 'discord',
    workspace: null,
    externalId: id,
    email: email ?? null,
    emailVerified: verified === true,
    name: name || username,
    workspaceName: null,
  };
}
