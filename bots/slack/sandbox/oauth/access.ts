// oauth.v2.access, which an app calls as itself: a code, or a refresh token, for tokens.

import { SlackNo } from '../no.ts';
import type { World } from '../world.ts';
import { mustBeTheApp } from './client.ts';
import { exchange, refresh } from './grants.ts';

type Args = Readonly<Record<string, unknown>>;

/** `basic` is what came in the Authorization header. */
export function oauthAccess({ state, clock, client }: World, args: Args, basic: string | undefined): () => object {
  mustBeTheApp(client, args, basic);
  const nowMs = clock.now().getTime();
  const { grant_type: type = 'authorization_code', code, refresh_token: token, redirect_uri: redirectUri } = args;
  if (type === 'refresh_token') return refresh(state, wordIn(token), client, nowMs);
  if (type !== 'authorization_code') throw new SlackNo('invalid_grant_type');
  return exchange(state, {
    code: wordIn(code),
    redirectUri: typeof redirectUri === 'string' ? redirectUri : undefined,
    client,
    nowMs,
  });
}

function wordIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
