// Where the app listens, and how badly it is told.

export interface Hook {
  /** The app's request URL, for events, interactions and commands alike; null holds events back. */
  readonly url: string | null;
  /** Socket Mode is on: everything is told over the app's connections instead. */
  readonly socket: boolean;
  /** An event is told this many times at the same instant. */
  readonly atOnce: number;
  /** How often an event is told although it was confirmed. */
  readonly repeats: number;
  /** Events that wait together are told newest first. */
  readonly reversed: boolean;
  /** What a person says comes a second time under another ts, with the same `client_msg_id`. */
  readonly twin: boolean;
  /** How long after each failure an event is told again. */
  readonly retriesMs: readonly number[];
  /** Delayed events are switched on: hourly for a day after that. */
  readonly delayed: boolean;
  /** Added to the time that is signed. */
  readonly skewS: number;
  /** Signs with this instead of the first of the app's secrets. */
  readonly secret: string | null;
}

export const politely: Hook = {
  url: null,
  socket: false,
  atOnce: 1,
  repeats: 0,
  reversed: false,
  twin: false,
  retriesMs: [0, 60_000, 300_000],
  delayed: true,
  skewS: 0,
  secret: null,
};

export const hourMs = 3_600_000;
export const delayedTries = 24;

/** How long until an event that failed so often is told again; null for never. */
export function waitAfter({ retriesMs, delayed }: Hook, failures: number): number | null {
  const waitMs = retriesMs[failures - 1];
  if (waitMs !== undefined) return waitMs;
  return delayed && failures <= retriesMs.length + delayedTries ? hourMs : null;
}
