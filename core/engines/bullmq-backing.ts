import type { BackendFactory, IQueueBackend } from 'bullmq';

/** Redis may be shared with others, so our keys carry our name. PostgreSQL keeps us apart by a schema. */
export const keyPrefix = 'impacter';

/** BullMQ gives a job up after so many failures, or so many deaths of its workers. Here only the task row may give up. */
export const ALWAYS = 1_000_000;

/** The server that has the jobs. */
export interface Backing {
  open(forWhom: 'adding' | 'working'): Opened;
  /** The error says that the server cannot be reached, rather than that something is wrong. */
  isOutage(error: unknown): boolean;
  close(): Promise<void>;
}

/** The connections of one BullMQ object. */
export interface Opened {
  readonly newBackend: BackendFactory<IQueueBackend, object>;
  /** Ends them at once, also when nobody answers, and with them whatever waits for an answer. */
  sever(): void;
}

/** Told by a backing whether its server answers, as often as it likes. */
export interface Reach {
  away(error: unknown): void;
  back(): void;
}
