// Calls of the Web API. Not by `WebClient`: it has no signal for one call, its queue lets one limit stop every channel, and what it
// tries again by itself may be posted twice. Its types are the source of shapes. Bodies are always forms, since methods that read
// take nothing else; lists and objects in them are JSON.

import { callRemote, RemoteAway, retryAfterMs, type RemoteAnswer } from '#bots/remote-call.ts';
import type { SlackSettings } from '../settings.ts';

export type SlackMethod =
  | 'agents.sessions.setStatus'
  | 'apps.connections.open'
  | 'auth.revoke'
  | 'auth.test'
  | 'chat.appendStream'
  | 'chat.delete'
  | 'chat.postEphemeral'
  | 'chat.postMessage'
  | 'chat.startStream'
  | 'chat.stopStream'
  | 'chat.update'
  | 'conversations.history'
  | 'conversations.info'
  | 'conversations.open'
  | 'conversations.replies'
  | 'files.info'
  | 'oauth.v2.access'
  | 'reactions.add'
  | 'users.info'
  | 'views.open'
  | 'views.publish';

/** What Slack answered, unread: each caller parses what it needs. */
export type SlackOk = Readonly<Record<string, unknown>>;

/** Rejects with `SlackNo` or `SlackAway`, and with nothing else. The token is empty where the app calls as itself. */
export type Call = (method: SlackMethod, token: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<SlackOk>;

/** Slack said no: surely not done. */
export class SlackNo extends Error {
  /** Slack's word: `channel_not_found`. */
  readonly error: string;
  readonly status: number;
  readonly retryAfterMs: number | null;
  /** The scope that is missing. */
  readonly needed: string | null;
  /** What is wrong with which block. */
  readonly messages: readonly string[];

  constructor(
    method: SlackMethod,
    error: string,
    more: { status?: number; retryAfterMs?: number | null; needed?: string | null; messages?: readonly string[] } = {},
  ) {
    super(`Slack answered ${method} with ${error}`);
    this.name = 'SlackNo';
    this.error = error;
    this.status = more.status ?? 200;
    this.retryAfterMs = more.retryAfterMs ?? null;
    this.needed = more.needed ?? null;
    this.messages = more.messages ?? [];
  }
}

/** No answer that says what came of it. */
export class SlackAway extends Error {
  /** Nothing was sent. Otherwise it may have been done. */
  readonly surelyNotDone: boolean;

  constructor(method: SlackMethod, why: string, { surelyNotDone = false, cause }: { surelyNotDone?: boolean; cause?: unknown } = {}) {
    super(`Slack did not answer ${method}: ${why}`, { cause });
    this.name = 'SlackAway';
    this.surelyNotDone = surelyNotDone;
  }
}

export const SLACK_API = 'https://slack.com/api/';
/** The longest answer is a page of a thread: 200 messages of some kB each. */
const ANSWER_MOST = 10_000_000;
const RETRY_AFTER_MS = 1_000;

export function slackCalls({ apiUrl }: Pick<SlackSettings, 'apiUrl'>): Call {
  const base = apiUrl ?? SLACK_API;
  return async (method, token, args, signal) => {
    const answer = await ask(new URL(method, base), token, method, args, signal);
    const body = jsonIn(answer);
    if (answer.status === 429) throw new SlackNo(method, 'ratelimited', { status: 429, retryAfterMs: waitMs(answer) });
    if (answer.status >= 500) throw new SlackAway(method, `status ${answer.status}`);
    if (body === null) throw new SlackAway(method, `status ${answer.status} without an answer in it`);
    if (body['ok'] === true) return method === 'auth.test' ? withScopes(body, answer.headers) : body;
    throw refusalIn(method, answer, body);
  };
}

/** Tells of each refusal with this word, and of the token of the call. */
export function noticing(call: Call, word: string, notice: (token: string) => void): Call {
  return async (method, token, ...given) => {
    try {
      return await call(method, token, ...given);
    } catch (error) {
      if (error instanceof SlackNo && error.error === word) notice(token);
      throw error;
    }
  };
}

/** What the token may do stands in a header alone. The SDK puts it there too. */
function withScopes(body: SlackOk, headers: Headers): SlackOk {
  const scopes = (headers.get('x-oauth-scopes') ?? '').split(/[,\s]+/).filter((scope) => scope !== '');
  return { ...body, response_metadata: { scopes } };
}

async function ask(url: URL, token: string, method: SlackMethod, args: Readonly<Record<string, unknown>>, signal: AbortSignal) {
  try {
    const headers = token === '' ? {} : { Authorization: `Bearer ${token}` };
    return await callRemote(url, { method: 'POST', headers, body: formOf(args) }, ANSWER_MOST, signal);
  } catch (error) {
    if (!(error instanceof RemoteAway)) throw error;
    const { message, surelyNotDone, cause } = error;
    throw new SlackAway(method, message, { surelyNotDone, cause });
  }
}

function formOf(args: Readonly<Record<string, unknown>>): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(args)) {
    if (value === undefined || value === null) continue;
    form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return form;
}

/** null for what is no JSON object. */
function jsonIn({ body }: RemoteAnswer): Record<string, unknown> | null {
  try {
    const found: unknown = JSON.parse(body.toString());
    return found instanceof Object ? (found as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function refusalIn(method: SlackMethod, answer: RemoteAnswer, body: Record<string, unknown>): SlackNo {
  const { error, needed, response_metadata: about } = body;
  const messages = about instanceof Object && 'messages' in about && Array.isArray(about.messages) ? about.messages : [];
  const word = typeof error === 'string' ? error.slice(0, 100) : 'no_reason';
  return new SlackNo(method, word, {
    status: answer.status,
    retryAfterMs: answer.headers.has('Retry-After') || limits.has(word) ? waitMs(answer) : null,
    needed: typeof needed === 'string' ? needed : null,
    messages: messages.map(String).slice(0, 20),
  });
}

/** Words of a limit, whatever their status. */
export const limits: ReadonlySet<string> = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded']);

function waitMs({ headers }: RemoteAnswer): number {
  return retryAfterMs(headers, RETRY_AFTER_MS);
}
