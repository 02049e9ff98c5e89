// Calls of the Web API. Not by `WebClient`: it has no signal for one call, its queue lets one limit stop every channel, and what it
// tries again by itself may be posted twice. Its types are the source of shapes. Bodies are always forms, since methods that read
// take nothing else; lists and objects in them are JSON.

import type { SlackSettings } from '../settings.ts';

export type SlackMethod =
  | 'agents.sessions.setStatus'
  | 'apps.connections.open'
  | 'auth.revoke'
  | 'auth.test'
  | 'chat.delete'
  | 'chat.postEphemeral'
  | 'chat.postMessage'
  | 'chat.update'
  | 'conversations.history'
  | 'conversations.info'
  | 'conversations.open'
  | 'conversations.replies'
  | 'files.info'
  | 'oauth.v2.access'
  | 'reactions.add'
  | 'users.info'
  | 'views.open';

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
    // fetch may have sent something before it looks at the signal.
    if (signal.aborted) throw new SlackAway(method, 'given up before', { surelyNotDone: true, cause: signal.reason });
    const response = await ask(new URL(method, base), token, method, args, signal);
    const body = await read(response, method);
    if (response.status === 429) throw new SlackNo(method, 'ratelimited', { status: 429, retryAfterMs: retryAfterMs(response) });
    if (response.status >= 500) throw new SlackAway(method, `status ${response.status}`);
    if (body === null) throw new SlackAway(method, `status ${response.status} without an answer in it`);
    if (body['ok'] === true) return body;
    throw refusalIn(method, response, body);
  };
}

/** Tells of each refusal with this word. */
export function noticing(call: Call, word: string, notice: () => void): Call {
  return async (...given) => {
    try {
      return await call(...given);
    } catch (error) {
      if (error instanceof SlackNo && error.error === word) notice();
      throw error;
    }
  };
}

async function ask(url: URL, token: string, method: SlackMethod, args: Readonly<Record<string, unknown>>, signal: AbortSignal) {
  try {
    return await fetch(url, {
      method: 'POST',
      signal,
      // A redirect would take the token to another place.
      redirect: 'error',
      headers: token === '' ? {} : { Authorization: `Bearer ${token}` },
      body: formOf(args),
    });
  } catch (error) {
    throw new SlackAway(method, 'no connection', { surelyNotDone: neverConnected(error), cause: error });
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
async function read(response: Response, method: SlackMethod): Promise<Record<string, unknown> | null> {
  try {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of response.body ?? []) {
      bytes += piece.length;
      if (bytes > ANSWER_MOST) throw new Error(`more than ${ANSWER_MOST} bytes`);
      pieces.push(piece);
    }
    const body: unknown = JSON.parse(Buffer.concat(pieces).toString());
    return body instanceof Object ? (body as Record<string, unknown>) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw new SlackAway(method, 'cut off in its answer', { cause: error });
  }
}

function refusalIn(method: SlackMethod, response: Response, body: Record<string, unknown>): SlackNo {
  const { error, needed, response_metadata: about } = body;
  const messages = about instanceof Object && 'messages' in about && Array.isArray(about.messages) ? about.messages : [];
  const word = typeof error === 'string' ? error.slice(0, 100) : 'no_reason';
  return new SlackNo(method, word, {
    status: response.status,
    retryAfterMs: response.headers.has('Retry-After') || limits.has(word) ? retryAfterMs(response) : null,
    needed: typeof needed === 'string' ? needed : null,
    messages: messages.map(String).slice(0, 20),
  });
}

/** Words of a limit, whatever their status. */
export const limits: ReadonlySet<string> = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded']);

function retryAfterMs({ headers }: Response): number {
  const seconds = Number(headers.get('Retry-After'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : RETRY_AFTER_MS;
}

const unreached: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

function neverConnected(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && unreached.has(cause.code);
}
