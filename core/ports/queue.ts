/** Wakes workers. It is never the truth: what it loses, upkeep finds in PostgreSQL and adds again. */
export interface Queue {
  /** Adds jobs; adding one that is already waiting or running changes nothing. */
  add(jobs: readonly Job[]): Promise<void>;
  /** Starts handing out jobs. A handler that throws gets the job again later; a dead worker's jobs go to another worker. */
  work(handler: (job: Job, signal: AbortSignal) => Promise<void>, options: { concurrency: number }): Promise<Working>;
  /** Those of these jobs that it does not know: they neither wait nor run. */
  missing(jobs: readonly Job[]): Promise<Job[]>;
  counts(): Promise<{ waiting: number; active: number; delayed: number; failed: number }>;
  /** How many workers are connected, in all processes; null where the server does not tell. */
  workers(): Promise<number | null>;
  /** Rejects when jobs can't be added now. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** `generation` grows when upkeep adds a task again, because a queue ignores an id that it still keeps. */
export interface Job {
  readonly taskId: string;
  readonly generation: number;
}

export interface Working {
  /**
   * Takes no further job, lets running ones end within `graceMs`, then aborts their signals.
   * A job whose signal was aborted goes to another worker, however its handler ends.
   */
  stop(graceMs: number): Promise<void>;
}
