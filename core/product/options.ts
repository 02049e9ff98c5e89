// What the product is started with.

import type { Adapter } from '#bots/adapter.ts';
import type { Core, CoreSettings } from '#core/flows/runtime/core.ts';
import type { LoginCost } from '#core/engines/auth/settings.ts';
import type { Agents } from '#core/ports/agents.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Outside } from './sandboxes.ts';

export interface ProductOptions {
  readonly log: Log;
  readonly clock?: Clock;
  /** The platforms to speak on; the product's own when left out. */
  readonly adapters?: readonly Adapter[];
  /** For tests: settings of platforms, which win over those of the configuration. */
  readonly botSettings?: Readonly<Record<string, unknown>>;
  /** Whether platforms without settings are played by their sandboxes, where they have one. In production none is. */
  readonly chatSandboxes?: boolean;
  /** Whether there is a portal, built before: `npm start` has one, most tests need none. */
  readonly portal?: boolean;
  /** Called when everything runs but the HTTP server, with the address that it will answer at: for what must be there by then. */
  readonly beforeListening?: (made: { core: Core; outside: Outside; url: string }) => Promise<void>;
  /** For benchmarks: agents that need no gateway. */
  readonly agents?: Agents;
  /** For tests that need a part to misbehave. */
  readonly withCore?: (core: Core) => Core;
  /** For tests that make many people; refused in production, where passwords have to be expensive to guess. */
  readonly loginCost?: LoginCost | undefined;
  /** For tests that cannot wait. */
  readonly timings?: Partial<Timings>;
}

export type Timings = Pick<
  CoreSettings,
  | 'taskDeadlineMs'
  | 'agentsWaitMs'
  | 'leaseMs'
  | 'letterLeaseMs'
  | 'paymentLeaseMs'
  | 'sweepEveryMs'
  | 'lostAfterMs'
  | 'retryMs'
  | 'answerWithinMs'
  | 'leaveAfterMs'
> & {
  /** How long the queue leaves jobs to a worker that is silent; its own default when left out. */
  readonly queueLockMs?: number;
};
