// How the connection to Discord is, as this process sees it.

/** What the parts report. */
export interface Pulse {
  /** The gateway answered a heartbeat. */
  beat(shard: number, sentMs: number, answeredMs: number): void;
  /** `elsewhere`: another process holds the connection. `refused`: for good, until an operator mends what `why` says. */
  state(shard: number, state: 'up' | 'down' | 'elsewhere' | 'refused', why?: string): void;
  /** So many messages were found after a gap. */
  caughtUp(messages: number): void;
  /** So many events are not committed yet. */
  pending(events: number): void;
  /** A call that Discord counts as invalid: 401, 403, or a 429 that is not shared (10,000 in 10 minutes end in a ban). */
  invalid(): void;
  /** An event that we do not know. */
  unknown(name: string): void;
}
