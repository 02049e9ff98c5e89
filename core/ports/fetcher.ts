import type { Readable } from 'node:stream';
import type { LostInputReason } from '#core/domain/files/lost-input.ts';

/** Brings files that people attached in a chat to us, from where their platform keeps them. */
export interface Fetcher {
  readonly platform: string;
  /**
   * Opens a file by the reference that the adapter gave with the request. Only the platform's own hosts are asked, and a token goes
   * to no other. Rejects with a FetchError. Whoever reads the body counts its bytes, and aborts.
   */
  fetch(ref: string, signal: AbortSignal): Promise<Fetched>;
}

export interface Fetched {
  readonly body: Readable;
  /** As it is known now; an attachment may have been known by a shorter one before. */
  readonly name?: string;
  readonly mime?: string;
  readonly sizeBytes: number;
}

export class FetchError extends Error {
  readonly kind: 'later' | 'never';
  readonly why: LostInputReason;
  readonly retryAfterMs: number | null;

  /** `never`: trying again is no use. `later`: it may be there then, not before `retryAfterMs`. The message holds no reference. */
  constructor(kind: FetchError['kind'], why: LostInputReason, message: string, options: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'FetchError';
    this.kind = kind;
    this.why = why;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
