// How Slack says no.

/** `{ok: false, error}` with status 200. */
export class SlackNo extends Error {
  readonly error: string;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(error: string, more: Readonly<Record<string, unknown>> = {}) {
    super(error);
    this.error = error;
    this.more = more;
  }
}

/** 429 with Retry-After, in whole seconds. */
export class TooMany extends Error {
  readonly retryAfterS: number;

  constructor(forMs: number) {
    super('ratelimited');
    this.retryAfterS = Math.max(1, Math.ceil(forMs / 1000));
  }
}

/** `invalid_arguments`, with what is wrong as Slack writes it. */
export function invalid(...messages: readonly string[]): SlackNo {
  return new SlackNo('invalid_arguments', { response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) } });
}
