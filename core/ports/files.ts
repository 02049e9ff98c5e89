import type { Readable } from 'node:stream';

/** Where files are kept. Keys are ours and hold no name a person chose. What goes wrong is a FilesError. */
export interface Files {
  /** Stores a stream of exactly `sizeBytes`, or nothing; gives back what was really stored. A retry with the same key overwrites. */
  put(key: string, body: Readable, facts: { mime: string; sizeBytes: number }, signal?: AbortSignal): Promise<Stored>;
  /** Rejects with code `file.missing` when the key is not there. */
  open(key: string, signal?: AbortSignal): Promise<Readable>;
  /** A link that works for `ttlSeconds` without login and makes the browser save `name`. At most seven days (SigV4's limit). */
  sign(key: string, facts: { name: string; mime: string; ttlSeconds: number; inline?: boolean }): Promise<string>;
  /** Removing what is not there is fine. */
  remove(key: string, signal?: AbortSignal): Promise<void>;
  /** Removes everything whose key begins like this, also what was stored and never told of. `prefix` ends in a slash. */
  removeAll(prefix: string, signal?: AbortSignal): Promise<void>;
  /** Rejects when files can't be stored now. */
  check(signal?: AbortSignal): Promise<void>;
  close(): void;
}

export interface Stored {
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * `file.missing`: no such key. `file.changed`: the stream to store was not of the size it was said to be.
 * `storage.unavailable`: storage can't be reached, or refuses us; try again later.
 * The message names no link and no secret.
 */
export class FilesError extends Error {
  readonly code: 'file.missing' | 'file.changed' | 'storage.unavailable';

  constructor(code: FilesError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FilesError';
    this.code = code;
  }
}
