/** Time from outside, so that tests can set it by hand. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms`, or at once when the signal aborts (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
