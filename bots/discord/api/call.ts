// One call to Discord's REST API. Nothing is tried again in here, and nothing waits in a queue: whoever calls decides. Not by
// @discordjs/rest: its queue lets one limit hold up whatever shares a bucket, what it tries again by itself may be posted twice, and a
// single 401 makes it forget the token.

import { callRemote, RemoteAway, retryAfterMs, type RemoteAnswer } from '#bots/remote-call.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Budgets } from '#core/ports/poster.ts';
import type { Pulse } from '../health.ts';
import type { DiscordSettings } from '../settings.ts';
import { openBuckets } from './buckets.ts';
import { DiscordAway, DiscordNo } from './errors.ts';
import { countInvalid } from './invalid.ts';
import { openCeiling } from './slices.ts';
import { formOf, type Upload } from './upload.ts';

export { DiscordAway, DiscordNo } from './errors.ts';

export interface Asked {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/v10`, beginning with a slash. */
  readonly path: string;
  readonly body?: object;
  readonly files?: readonly Upload[];
  /** As `interaction` the path holds a token: neither it nor what Discord says to it is logged. It counts toward no ceiling. */
  readonly as?: 'bot' | 'interaction';
}

/** Gives the body of the answer, null for an empty one. Rejects with DiscordNo or DiscordAway, and nothing else. */
export type Call = (asked: Asked, signal: AbortSignal) => Promise<unknown>;

export interface CallNeeds {
  readonly budgets: Budgets;
  readonly clock: Clock;
  readonly pulse: Pick<Pulse, 'invalid'>;
}

export const DISCORD_API = 'https://discord.com/api';
/** Discord blocks clients that do not say who they are (docs, Reference, User Agent). */
const USER_AGENT = 'DiscordBot (https://discord.com, 10)';
/** The longest answer is a page of 100 messages. */
const ANSWER_MOST = 20_000_000;
const RETRY_AFTER_MS = 1_000;

export function discordCalls({ token, apiUrl }: Pick<DiscordSettings, 'token' | 'apiUrl'>, { budgets, clock, pulse }: CallNeeds): Call {
  const base = `${apiUrl ?? DISCORD_API}/v10`;
  const buckets = openBuckets(clock);
  const ceiling = openCeiling({ budgets, clock });
  const invalid = countInvalid(clock);

  return async (asked, signal) => {
    const { as = 'bot' } = asked;
    if (signal.aborted) throw new DiscordAway('given up before it was called', true, { cause: signal.reason });
    if (as === 'bot') await mayCall(asked, signal);
    const answer = await send(asked, signal);
    const said = jsonIn(answer);
    if (as === 'bot' && answer.status !== 429) buckets.told(asked, answer.headers);
    if (answer.status >= 200 && answer.status < 300 && said !== undefined) return said;
    const error = errorFrom(answer, said, asked.method);
    if (error instanceof DiscordNo) heed(error);
    throw error;
  };

  async function mayCall(asked: Asked, signal: AbortSignal): Promise<void> {
    const bannedMs = invalid.waitMs();
    if (bannedMs !== null) throw limited('too many calls were refused', bannedMs);
    const waitMs = buckets.waitMs(asked);
    if (waitMs !== null) throw limited('the bucket of this call is empty', waitMs);
    await ceiling.pass(signal);
    buckets.called(asked);
  }

  function heed({ status, scope, retryAfterMs }: DiscordNo): void {
    if (status === 429 && scope === 'global') ceiling.pause(retryAfterMs ?? RETRY_AFTER_MS);
    if (status !== 401 && status !== 403 && (status !== 429 || scope === 'shared')) return;
    invalid.count();
    pulse.invalid();
  }

  async function send({ method, path, body, files = [], as = 'bot' }: Asked, signal: AbortSignal): Promise<RemoteAnswer> {
    const headers = {
      'User-Agent': USER_AGENT,
      ...(as === 'bot' && { Authorization: `Bot ${token}` }),
      ...(body !== undefined && files.length === 0 && { 'Content-Type': 'application/json' }),
    };
    const sent = body === undefined ? {} : { body: files.length === 0 ? JSON.stringify(body) : formOf(body, files) };
    try {
      return await callRemote(new URL(base + path), { method, headers, ...sent }, ANSWER_MOST, signal);
    } catch (error) {
      if (!(error instanceof RemoteAway)) throw error;
      // What went wrong at an interaction's address may hold the address.
      throw new DiscordAway(
        `Discord did not answer ${method}: ${error.message}`,
        error.surelyNotDone,
        as === 'bot' ? { cause: error } : {},
      );
    }
  }
}

/** null for an empty body, undefined for what is no JSON. */
function jsonIn({ body }: RemoteAnswer): unknown {
  try {
    return body.length === 0 ? null : (JSON.parse(body.toString()) as unknown);
  } catch {
    return undefined;
  }
}

function errorFrom({ status, headers }: RemoteAnswer, answer: unknown, method: string): DiscordNo | DiscordAway {
  const said: Said = answer instanceof Object ? answer : {};
  if (status === 429)
    return new DiscordNo(`Discord limits ${method}`, {
      status,
      code: codeIn(said),
      retryAfterMs: waitMs(said, headers),
      scope: said.global === true ? 'global' : scopeIn(headers),
    });
  if (status < 400 || status >= 500) return new DiscordAway(`answered ${method} with status ${status}`, false);
  const where = wrongFields(said.errors).join(', ');
  return new DiscordNo(`Discord answered ${method} with ${status}, code ${codeIn(said)}${where && ` (${where})`}`, {
    status,
    code: codeIn(said),
  });
}

interface Said {
  readonly code?: unknown;
  readonly global?: unknown;
  readonly retry_after?: unknown;
  readonly errors?: unknown;
}

function codeIn({ code }: Said): number {
  return typeof code === 'number' ? code : 0;
}

/** In the body and in the header: seconds, with a fraction. */
function waitMs({ retry_after: seconds }: Said, headers: Headers): number {
  const ms = typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : retryAfterMs(headers, RETRY_AFTER_MS);
  return Math.ceil(ms);
}

function scopeIn(headers: Headers): DiscordNo['scope'] {
  const scope = headers.get('X-RateLimit-Scope');
  return scope === 'user' || scope === 'global' || scope === 'shared' ? scope : null;
}

/** `components.0.content BASE_TYPE_MAX_LENGTH`: what is wrong where, without what stood there. */
function wrongFields(errors: unknown, path = ''): string[] {
  if (!(errors instanceof Object) || path.length > 200) return [];
  return Object.entries(errors as Record<string, unknown>)
    .flatMap(([name, inner]) => {
      if (name !== '_errors') return wrongFields(inner, path === '' ? name : `${path}.${name}`);
      return (Array.isArray(inner) ? inner : []).map((each: { code?: unknown } | null) => `${path} ${String(each?.code)}`);
    })
    .slice(0, 5);
}

function limited(why: string, waitMs: number): DiscordNo {
  return new DiscordNo(why, { status: 429, code: 0, retryAfterMs: waitMs, scope: 'user' });
}
