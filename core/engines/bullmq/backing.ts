import type { BackendFactory, IQueueBackend } from 'bullmq';

/** Redis may be shared with others, so our keys carry our name. PostgreSQL keeps us apart by a schema. */
export const keyPrefix = 'impacter';

/** BullMQ gives a job up after so many failures, or so many deaths of its workers. Here only the task row may give up. */
export const ALWAYS = 1_000_000;

/** The server that has the jobs. */
export interface Backing {
  /** Gives one BullMQ object its connections. */
  backendFor(whom: 'adding' | 'working'): BackendFactory<IQueueBackend, object>;
  /** The error says that the server cannot be reached, rather than that something is wrong. */
  isOutage(error: unknown): boolean;
  /** Ends every connection, also when nobody answers, and with them whatever waits for an answer. */
  close(): Promise<void>;
}

/** Told by a backing whether its server answers, as often as it likes. */
export interface Reach {
  away(error: unknown): void;
  back(): void;
}
