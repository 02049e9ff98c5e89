// What the holder of the connection leaves for the next one, and how it is read back.

import { z } from 'zod';

export interface Session {
  readonly id: string;
  /** Where it is resumed: Discord's own address for it, without a query. */
  readonly url: string;
  /** Everything up to this event was committed. */
  readonly seq: number;
  /** As it was begun: with anything else it can't be resumed. */
  readonly shards: number;
  readonly intents: number;
  readonly application: string;
}

export interface Left {
  /** null also while something is being caught up with: the next holder begins anew and does that. */
  readonly session: Session | null;
  /** Everything up to this message was heard; null before the first connection. */
  readonly mark: string | null;
  /** Channels of direct messages, which nobody lists; the latest last. */
  readonly dms: readonly string[];
  /** Servers that were not told yet, and the message after which each is still to be caught up with. */
  readonly late: readonly (readonly [guild: string, mark: string])[];
}

/** A lease keeps 64 KiB. */
export const DMS_MOST = 2_000;
export const LATE_MOST = 300;

const id = z.string().regex(/^\d{1,20}$/);

const leftSchema = z.object({
  v: z.literal(1),
  session: z
    .object({
      id: z.string().min(1).max(200),
      url: z.url({ protocol: /^wss?$/ }).max(500),
      seq: z.number().int().nonnegative(),
      shards: z.number().int().positive(),
      intents: z.number().int().nonnegative(),
      application: z.string().max(30),
    })
    .nullable(),
  mark: id.nullable(),
  dms: z.array(id).max(DMS_MOST),
  // Versions before this one leave none.
  late: z
    .array(z.tuple([id, id]))
    .max(LATE_MOST)
    .default([]),
});

/** What cannot be read is as if nothing had been left: another session is begun, and nothing is caught up with. */
export function readLeft(state: unknown): Left {
  return leftSchema.safeParse(state).data ?? { session: null, mark: null, dms: [], late: [] };
}

export function writeLeft(left: Left): object {
  return { v: 1, ...left };
}
