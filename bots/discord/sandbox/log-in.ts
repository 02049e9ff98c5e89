// “Log in with Discord”: OAuth for people. Strict: the scopes that were registered for it alone, an address that the app
// registered, PKCE, codes that work once, and tokens that tell of one person.

import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from '#bots/stand-in/body.ts';
import type { SandboxClock } from '#bots/stand-in/clock.ts';
import type { Faults } from '#bots/stand-in/faults.ts';
import { sendLogInPage } from '#bots/sandbox/log-in-page.ts';
import { botId } from './bot.ts';
import type { Person } from './shapes.ts';
import type { State } from './state.ts';
import { wireUser } from './wire.ts';

export interface LogIns {
  /** Somebody chooses on the page: `user` null for no. Gives where the browser goes next, or what is wrong. */
  decided(query: URLSearchParams, user: string | null): string;
  /** Answers what belongs to it; false for anything else. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

interface LogInWorld {
  readonly state: State;
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly clientSecret: string;
  readonly url: () => string;
}

interface Grant {
  readonly user: string;
  readonly redirectUri: string;
  readonly challenge: string | null;
  readonly atMs: number;
  isUsed: boolean;
}

const CODE_MS = 10 * 60_000;
const TOKEN_S = 604_800;
const scopesKnown: ReadonlySet<string> = new Set(['identify', 'email']);

/** Shown to a person, as Discord does. */
export class LogInNo extends Error {}

/** `redirectUris`: what the app registered; null for any. */
export function startLogIns(world: LogInWorld, redirectUris: readonly string[] | null): LogIns {
  const grants = new Map<string, Grant>();
  const tokens = new Map<string, string>();
  const { state, clock } = world;

  function decided(query: URLSearchParams, user: string | null): string {
    const to = new URL(redirectIn(query));
    const sent = query.get('state');
    if (sent !== null) to.searchParams.set('state', sent);
    to.searchParams.set('iss', world.url());
    if (user === null) {
      to.searchParams.set('error', 'access_denied');
      to.searchParams.set('error_description', 'The resource owner or authorization server denied the request');
      return to.href;
    }
    if (state.get('people', user) === undefined) throw new LogInNo('unknown user');
    const code = randomBytes(15).toString('base64url');
    const redirectUri = redirectIn(query);
    grants.set(code, { user, redirectUri, challenge: query.get('code_challenge'), atMs: clock.now().getTime(), isUsed: false });
    to.searchParams.set('code', code);
    return to.href;
  }

  function redirectIn(query: URLSearchParams): string {
    if (query.get('client_id') !== botId) throw new LogInNo('invalid client_id');
    if (query.get('response_type') !== 'code') throw new LogInNo('unsupported response_type');
    const scopes = (query.get('scope') ?? '').split(' ');
    if (!scopes.includes('identify') || !scopes.every((scope) => scopesKnown.has(scope))) throw new LogInNo('invalid scope');
    if (query.has('code_challenge') && query.get('code_challenge_method') !== 'S256') throw new LogInNo('invalid code_challenge_method');
    const redirectUri = query.get('redirect_uri') ?? '';
    if (!/^https?:\/\//.test(redirectUri) || redirectUris?.includes(redirectUri) === false)
      throw new LogInNo('Invalid OAuth2 redirect_uri');
    return redirectUri;
  }

  async function page(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const redirectUri = redirectIn(query);
    if (request.method === 'POST') {
      const who = new URLSearchParams(String(await bodyOf(request))).get('who') ?? '';
      return void response.writeHead(302, { Location: decided(query, who === '' ? null : who) }).end();
    }
    const people = [...state.all('people').values()].filter(({ id, isBot }) => !isBot && id !== botId);
    const choices = people.map((person) => ({ value: person.id, name: person.name, about: mailWords(person) }));
    sendLogInPage(response, { platform: 'Discord', told: 'your name and email address', choices, redirectUri });
  }

  async function exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const no = (status: number, error: string) => send(response, status, { error });
    const form = new URLSearchParams(String(await bodyOf(request)));
    const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const [id, secret] = basic ? Buffer.from(basic, 'base64').toString().split(':') : [form.get('client_id'), form.get('client_secret')];
    if (!(request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) return no(400, 'invalid_request');
    if (id !== botId || secret !== world.clientSecret) return no(401, 'invalid_client');
    if (form.get('grant_type') !== 'authorization_code') return no(400, 'unsupported_grant_type');
    const grant = grants.get(form.get('code') ?? '');
    const isLate = grant !== undefined && clock.now().getTime() - grant.atMs > CODE_MS;
    if (grant === undefined || isLate || grant.isUsed || form.get('redirect_uri') !== grant.redirectUri) return no(400, 'invalid_grant');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (grant.challenge === null ? form.has('code_verifier') : challenge !== grant.challenge) return no(400, 'invalid_grant');
    world.faults.end(world.faults.next('POST /oauth2/token'), response, () => {
      grant.isUsed = true;
      const token = randomBytes(15).toString('base64url');
      tokens.set(token, grant.user);
      return {
        status: 200,
        body: {
          access_token: token,
          token_type: 'Bearer',
          expires_in: TOKEN_S,
          refresh_token: randomBytes(15).toString('base64url'),
          scope: 'identify email',
        },
      };
    });
  }

  function me(token: string, response: ServerResponse): void {
    const person = state.get('people', tokens.get(token) ?? '');
    if (person === undefined) return send(response, 401, { message: '401: Unauthorized', code: 0 });
    const email = emailOf(person);
    send(response, 200, {
      ...wireUser(world, person.id),
      email,
      verified: email !== null && person.emailVerified !== false,
      mfa_enabled: false,
      locale: 'en-US',
    });
  }

  return {
    decided,
    async answer(request, response) {
      const { pathname, searchParams } = new URL(request.url!, world.url());
      const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
      if (pathname === '/api/v10/users/@me' && bearer !== undefined) me(bearer, response);
      else if (pathname === '/api/oauth2/token' && request.method === 'POST') await exchange(request, response);
      else if (pathname === '/api/oauth2/authorize') {
        await page(request, response, searchParams).catch((error: unknown) => {
          if (!(error instanceof LogInNo)) throw error;
          send(response, 400, { message: error.message, code: 0 });
        });
      } else return false;
      return true;
    },
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function emailOf({ name, email }: Person): string | null {
  return email === undefined ? `${name.toLowerCase().replace(/[^a-z0-9]+/g, '.')}@acme.example` : email;
}

function mailWords(person: Person): string {
  const email = emailOf(person);
  return email === null ? 'no email address' : `${email}${person.emailVerified === false ? ', not verified' : ''}`;
}
