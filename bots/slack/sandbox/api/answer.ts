// Answers a call of the Web API, and refuses in the order in which Slack does: unknown method, token, scope, tier, arguments,
// then whatever the method itself looks at.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRecord } from '../checks/check.ts';
import { bodyOf, jsonIn } from '#bots/stand-in/body.ts';
import { invalid, SlackNo, TooMany } from '../no.ts';
import type { Team } from '../shapes.ts';
import type { World } from '../world.ts';
import { oauthAccess } from '../oauth/access.ts';
import type { Method } from './method.ts';
import { methods } from './methods.ts';

export interface MadeCall {
  readonly method: string;
  readonly team: string | null;
  readonly channel: string | null;
  /** `ok`, or Slack's word for why not. */
  readonly outcome: string;
  readonly at: string;
}

export type Calls = (call: MadeCall) => void;

export async function answerCall(
  world: World,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
  note: Calls,
): Promise<void> {
  const sent = await sentWith(request);
  const channel = sent.args['channel'] ?? sent.args['channel_id'];
  const noted = (outcome: string, team: Team | null) =>
    note({
      method: name,
      team: team?.id ?? null,
      channel: typeof channel === 'string' ? channel : null,
      outcome,
      at: world.clock.now().toISOString(),
    });
  let team: Team | null = null;
  try {
    if (name === 'apps.connections.open') {
      const opened = openConnection(world, sent.token);
      noted('ok', null);
      return send(response, 200, opened);
    }
    const itself = asItself[name];
    if (itself !== undefined) {
      const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
      const act = itself(world, sent, basic);
      return world.faults.end(world.faults.next(name), response, () => {
        noted('ok', null);
        return act();
      });
    }
    const method = methods.get(name);
    if (method === undefined) throw new SlackNo('unknown_method', { req_method: name });
    team = teamOf(world, sent.token);
    response.setHeader('x-oauth-scopes', team.scopes.join(','));
    if (method.scopes.length > 0) response.setHeader('x-accepted-oauth-scopes', method.scopes.join(','));
    if (method.scopes.length > 0 && !method.scopes.some((scope) => team!.scopes.includes(scope)))
      throw new SlackNo('missing_scope', { needed: method.scopes[0], provided: team.scopes.join(',') });
    world.limits.call(team, name, method.tier);
    const args = readArguments(method, sent.args, sent.isJson);
    const act = method.bind({ world, team, args } as never);
    const found = team;
    world.faults.end(world.faults.next(name), response, () => {
      const answer = act();
      noted('ok', found);
      return answer;
    });
  } catch (error) {
    if (error instanceof TooMany) {
      noted('ratelimited', team);
      return send(response, 429, { ok: false, error: 'ratelimited' }, { 'Retry-After': String(error.retryAfterS) });
    }
    if (!(error instanceof SlackNo)) throw error;
    noted(error.error, team);
    send(response, 200, { ok: false, error: error.error, ...error.more });
  }
}

/** Methods that an app calls as itself, or for one person. */
const asItself: Readonly<Record<string, (world: World, sent: Sent, basic: string | undefined) => () => object>> = {
  'oauth.v2.access': (world, { args }, basic) => oauthAccess(world, args, basic),
  'openid.connect.token': ({ openId }, { args }, basic) => openId.token(args, basic),
  'openid.connect.userInfo': ({ openId }, { token }) => openId.userInfo(token),
};

interface Sent {
  readonly token: string | null;
  readonly args: Readonly<Record<string, unknown>>;
  readonly isJson: boolean;
}

async function sentWith(request: IncomingMessage): Promise<Sent> {
  const [, bearer] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  const query = Object.fromEntries(new URL(request.url!, 'http://slack').searchParams);
  const body = String((await bodyOf(request)) ?? '');
  const isJson = (request.headers['content-type'] ?? '').startsWith('application/json');
  const json = isJson ? jsonIn(body) : undefined;
  const inBody = isJson ? (isRecord(json) ? json : {}) : Object.fromEntries(new URLSearchParams(body));
  const args = { ...query, ...inBody };
  const { token } = args;
  return { token: bearer ?? (typeof token === 'string' ? token : null), args, isJson };
}

/** Reads that Slack does not let be asked in JSON see no arguments then. */
function readArguments(method: Method, given: Readonly<Record<string, unknown>>, isJson: boolean): unknown {
  const read = method.schema.safeParse(isJson && !method.json ? {} : given);
  if (read.success) return read.data;
  throw invalid(
    ...read.error.issues.slice(0, 20).map((issue) => {
      if (issue.code === 'unrecognized_keys') return `invalid additional property: ${issue.keys.join(', ')}`;
      const [name] = issue.path;
      return given[String(name)] === undefined
        ? `missing required field: ${String(name)}`
        : `${issue.message} [json-pointer:/${issue.path.join('/')}]`;
    }),
  );
}

/** The one method that an app calls as itself, and not for a workspace. */
function openConnection({ state, sockets, appToken }: World, token: string | null): object {
  if (token === null) throw new SlackNo('not_authed');
  if (token === appToken) return { ok: true, url: sockets.ticket() };
  throw new SlackNo([...state.all('teams').values()].some((team) => team.token === token) ? 'not_allowed_token_type' : 'invalid_auth');
}

const wordsFor = { revoked: 'token_revoked', expired: 'token_expired', uninstalled: 'account_inactive' } as const;

function teamOf({ state, clock }: World, token: string | null): Team {
  if (token === null) throw new SlackNo('not_authed');
  const team = [...state.all('teams').values()].find((each) => each.token === token);
  if (team === undefined) throw new SlackNo('invalid_auth');
  if (team.expiresAtMs !== undefined && team.expiresAtMs <= clock.now().getTime()) throw new SlackNo('token_expired');
  if (team.tokenState !== 'live') throw new SlackNo(wordsFor[team.tokenState]);
  return team;
}

/** Nothing where the connection is gone. */
export function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', ...headers }).end(JSON.stringify(body));
}
