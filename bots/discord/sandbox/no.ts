// How Discord says no: a status, a code and a sentence (docs, Opcodes and Status Codes, JSON).

/** Status and sentence by code. */
export const codes = {
  0: [404, '404: Not Found'],
  10003: [404, 'Unknown Channel'],
  10004: [404, 'Unknown Guild'],
  10007: [404, 'Unknown Member'],
  10008: [404, 'Unknown Message'],
  10011: [404, 'Unknown Role'],
  10013: [404, 'Unknown User'],
  10015: [404, 'Unknown Webhook'],
  10062: [404, 'Unknown interaction'],
  20016: [429, 'This action cannot be performed due to slowmode rate limit'],
  20028: [429, 'The channel you are writing has hit the write rate limit'],
  30046: [429, 'Maximum number of edits to messages older than 1 hour reached. Try again later'],
  40005: [413, 'Request entity too large. Try sending something smaller in size'],
  40060: [400, 'Interaction has already been acknowledged.'],
  40094: [400, 'This interaction has reached the maximum number of follow-up messages'],
  50001: [403, 'Missing Access'],
  50005: [403, 'Cannot edit a message authored by another user'],
  50006: [400, 'Cannot send an empty message'],
  50007: [403, 'Cannot send messages to this user'],
  50008: [400, 'Cannot send messages in a non-text channel'],
  50013: [403, 'Missing Permissions'],
  50021: [403, 'Cannot execute action on a system message'],
  50024: [400, 'Cannot execute action on this channel type'],
  50027: [401, 'Invalid Webhook Token'],
  50035: [400, 'Invalid Form Body'],
  50083: [400, 'Thread is archived'],
  50109: [400, 'The request body contains invalid JSON.'],
  130000: [503, 'API resource is currently overloaded. Try again a little later'],
  160002: [400, 'Cannot reply without permission to read message history'],
  160004: [400, 'A thread has already been created for this message'],
  160005: [400, 'Thread is locked'],
  160006: [400, 'Maximum number of active threads reached'],
  160014: [403, 'You cannot forward a message whose content you cannot read'],
  200000: [400, 'Message was blocked by automatic moderation'],
} as const satisfies Readonly<Record<number, readonly [number, string]>>;

export type Code = keyof typeof codes;

export class DiscordNo extends Error {
  readonly status: number;
  readonly code: number;
  /** What else the body says. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(code: Code, more: Readonly<Record<string, unknown>> = {}) {
    super(codes[code][1]);
    this.status = codes[code][0];
    this.code = code;
    this.more = more;
  }
}

/** Of a path in a body (`components/0/label`), what is wrong there. */
export interface Complaint {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
}

/** “Invalid Form Body” with its tree of errors. */
export function invalid(complaints: readonly Complaint[]): DiscordNo {
  const errors: Record<string, unknown> = {};
  for (const { path, code, message } of complaints) {
    let at = errors;
    for (const step of path) at = (at[String(step)] ??= {}) as Record<string, unknown>;
    ((at['_errors'] ??= []) as object[]).push({ code, message });
  }
  return new DiscordNo(50035, { errors });
}

/** Too many calls. */
export class TooMany extends Error {
  readonly retryAfterMs: number;
  readonly scope: 'user' | 'global' | 'shared';

  constructor(retryAfterMs: number, scope: TooMany['scope']) {
    super('You are being rate limited.');
    this.retryAfterMs = retryAfterMs;
    this.scope = scope;
  }
}
