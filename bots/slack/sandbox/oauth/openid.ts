// “Sign in with Slack”: who somebody is, for an app that wants to know it (OpenID Connect). Strict: the scopes of it alone, an
// address that the app registered, codes that work once, and a token that is signed.

import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from '#bots/stand-in/body.ts';
import type { SandboxClock } from '#bots/stand-in/clock.ts';
import { PeopleNo } from '#bots/stand-in/people.ts';
import { sendLogInPage } from '#bots/sandbox/log-in-page.ts';
import { SlackNo } from '../no.ts';
import type { User } from '../shapes.ts';
import { slackId, type State } from '../state.ts';
import type { Client } from './grants.ts';
import { mustBeTheApp } from './client.ts';

type Args = Readonly<Record<string, unknown>>;

export interface OpenId {
  /** Where the browser goes next. Throws PeopleNo for what Slack shows as an error of its own. */
  decided(query: URLSearchParams, choice: { readonly team: string; readonly user: string; readonly allow: boolean }): string;
  authorize(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** openid.connect.token: what is done once nothing speaks against it. */
  token(args: Args, basic: string | undefined): () => object;
  /** openid.connect.userInfo */
  userInfo(token: string | null): () => object;
  keys(): object;
}

interface OpenIdWorld {
  readonly state: State;
  readonly clock: SandboxClock;
  readonly client: Client;
  readonly url: () => string;
}

interface Grant {
  readonly user: User;
  readonly redirectUri: string;
  readonly nonce: string | null;
  readonly atMs: number;
  isUsed: boolean;
}

export const OPENID_PATH = '/openid/connect/authorize';
const CODE_MS = 10 * 60_000;
const TOKEN_S = 300;
const scopesKnown: ReadonlySet<string> = new Set(['openid', 'profile', 'email']);

/** `redirectUris`: what the app registered; null for any. */
export function openIdOf(world: OpenIdWorld, redirectUris: readonly string[] | null): OpenId {
  const grants = new Map<string, Grant>();
  let made: { readonly privateKey: KeyObject; readonly publicKey: KeyObject } | null = null;
  const key = () => (made ??= generateKeyPairSync('rsa', { modulusLength: 2048 }));
  const keyId = 'sandbox-1';
  const { state, clock, client } = world;

  function claimsOf({ team: teamId, id, name, ...user }: User): object {
    const { name: teamName, domain } = state.get('teams', teamId)!;
    const email = emailOf({ team: teamId, id, name, ...user }, domain);
    return {
      sub: id,
      'https://slack.com/user_id': id,
      'https://slack.com/team_id': teamId,
      ...(email !== null && { email, email_verified: user.emailVerified ?? true, date_email_verified: 1_700_000_000 }),
      name,
      locale: 'en-US',
      'https://slack.com/team_name': teamName,
      'https://slack.com/team_domain': domain,
    };
  }

  const self: OpenId = {
    decided(query, { team, user: userId, allow }) {
      const redirectUri = redirectIn(query);
      const to = new URL(redirectUri);
      const sent = query.get('state');
      if (sent !== null) to.searchParams.set('state', sent);
      if (!allow) {
        to.searchParams.set('error', 'access_denied');
        return to.href;
      }
      const user = state.get('users', `${team}/${userId}`);
      if (user === undefined) throw new PeopleNo('user_not_found');
      const code = `${slackId('')}.${slackId('')}${slackId('')}`;
      grants.set(code, { user, redirectUri, nonce: query.get('nonce'), atMs: clock.now().getTime(), isUsed: false });
      to.searchParams.set('code', code);
      return to.href;
    },

    async authorize(request, response) {
      const { searchParams: query } = new URL(request.url!, 'http://slack');
      const redirectUri = redirectIn(query);
      if (request.method === 'POST') {
        const who = new URLSearchParams(String(await bodyOf(request))).get('who') ?? '';
        const [team = '', user = ''] = who.split('/');
        return void response.writeHead(302, { Location: self.decided(query, { team, user, allow: who !== '' }) }).end();
      }
      // People of other companies log in at their own.
      const people = [...state.all('users').values()].filter(({ team, homeTeam }) => team === homeTeam);
      const choices = people.map((user) => {
        const { name: teamName, domain } = state.get('teams', user.team)!;
        return { value: `${user.team}/${user.id}`, name: user.name, about: `${teamName} · ${mailWords(user, domain)}` };
      });
      sendLogInPage(response, { platform: 'Slack', told: 'your name, workspace and email address', choices, redirectUri });
    },

    token(args, basic) {
      mustBeTheApp(client, args, basic);
      const { grant_type: type = 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier } = args;
      if (type !== 'authorization_code') throw new SlackNo('invalid_grant_type');
      // Nobody challenged it: the authorization has no code_challenge.
      if (verifier !== undefined) throw new SlackNo('invalid_grant');
      const grant = typeof code === 'string' ? grants.get(code) : undefined;
      if (grant === undefined || clock.now().getTime() - grant.atMs > CODE_MS) throw new SlackNo('invalid_code');
      if (grant.isUsed) throw new SlackNo('code_already_used');
      if (redirectUri !== grant.redirectUri) throw new SlackNo('bad_redirect_uri');
      return () => {
        grant.isUsed = true;
        const iat = Math.floor(clock.now().getTime() / 1000);
        const claims = {
          iss: world.url(),
          aud: client.id,
          exp: iat + TOKEN_S,
          iat,
          auth_time: iat,
          ...(grant.nonce !== null && { nonce: grant.nonce }),
          ...claimsOf(grant.user),
        };
        return { ok: true, access_token: `xoxp-${String(code)}`, token_type: 'Bearer', id_token: signed(claims) };
      };
    },

    userInfo(token) {
      const grant = grants.get(token?.slice('xoxp-'.length) ?? '');
      if (token === null) throw new SlackNo('not_authed');
      if (grant?.isUsed !== true) throw new SlackNo('invalid_auth');
      return () => ({ ok: true, ...claimsOf(grant.user) });
    },

    keys: () => ({ keys: [{ ...key().publicKey.export({ format: 'jwk' }), kid: keyId, use: 'sig', alg: 'RS256' }] }),
  };
  return self;

  function redirectIn(query: URLSearchParams): string {
    if (query.get('client_id') !== client.id) throw new PeopleNo('invalid_client_id');
    if (query.get('response_type') !== 'code') throw new PeopleNo('invalid_response_type');
    const scopes = (query.get('scope') ?? '').split(/[ ,]/);
    if (!scopes.includes('openid') || !scopes.every((scope) => scopesKnown.has(scope))) throw new PeopleNo('invalid_scope');
    // An app has to be declared a public client for it, which this one is not (docs, Using PKCE).
    if (query.has('code_challenge')) throw new PeopleNo('pkce_not_enabled');
    const redirectUri = query.get('redirect_uri') ?? '';
    if (!/^https?:\/\//.test(redirectUri) || redirectUris?.includes(redirectUri) === false) throw new PeopleNo('bad_redirect_uri');
    return redirectUri;
  }

  function signed(claims: object): string {
    const part = (what: object) => Buffer.from(JSON.stringify(what)).toString('base64url');
    const said = `${part({ alg: 'RS256', typ: 'JWT', kid: keyId })}.${part(claims)}`;
    return `${said}.${sign('RSA-SHA256', Buffer.from(said), key().privateKey).toString('base64url')}`;
  }
}

function emailOf({ name, email }: User, domain: string): string | null {
  if (email !== undefined) return email;
  return `${name.toLowerCase().replace(/[^a-z0-9]+/g, '.')}@${domain}.example`;
}

function mailWords(user: User, domain: string): string {
  const email = emailOf(user, domain);
  return email === null ? 'no email address' : `${email}${user.emailVerified === false ? ', not verified' : ''}`;
}
