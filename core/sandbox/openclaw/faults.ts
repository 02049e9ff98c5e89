// What can be made to go wrong, by tests in this process and, over HTTP, in others.

import { z } from 'zod';
import { hostileSchema } from './hostile.ts';

export const faultsSchema = z.strictObject({
  /** How long steps take: as fast as they can, as long as people like to watch, or this long each. */
  pace: z.union([z.literal('instant'), z.literal('humane'), z.strictObject({ stepMs: z.int().min(0).max(60_000) })]),
  /** Every answer waits this long. */
  delayMs: z.int().min(0).max(60_000),
  /** Connections break, and none can be made. What runs goes on. */
  down: z.boolean(),
  /** Requests are taken and never answered, as by a process that hangs. */
  silent: z.boolean(),
  /** `restarting`: admission is closed. `starting`: nobody can connect yet. `unavailable`: new work is refused for good. */
  refuse: z.enum(['restarting', 'starting', 'unavailable']).nullable(),
  /** Once: the connection breaks at this point of the next run. */
  cut: z.enum(['before-accepted', 'after-accepted', 'before-final']).nullable(),
  /** Once: the process dies in the first step of the next run, and is started anew. */
  crash: z.boolean(),
  /** Runs end with this error of the model, after their first step. */
  modelError: z.string().min(1).max(500).nullable(),
  /** Runs never end by themselves. */
  hang: z.boolean(),
  /** Steps begin and do not end, until this is lifted. */
  held: z.boolean(),
  /** Agents reach for the files of others. */
  hostile: hostileSchema.nullable(),
  duplicateEvents: z.boolean(),
  /** How long the answer of an ended run is kept for its key. */
  answersKeptMs: z.int().min(0).max(3_600_000),
});
export type Faults = z.infer<typeof faultsSchema>;

export const noFaults: Faults = {
  pace: 'humane',
  delayMs: 0,
  down: false,
  silent: false,
  refuse: null,
  cut: null,
  crash: false,
  modelError: null,
  hang: false,
  held: false,
  hostile: null,
  duplicateEvents: false,
  answersKeptMs: 5 * 60_000,
};
