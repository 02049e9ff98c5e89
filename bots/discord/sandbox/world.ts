// What every part of the sandbox shares.

import type { SandboxClock } from '#bots/stand-in/clock.ts';
import type { Faults } from '#bots/stand-in/faults.ts';
import type { MadeCall } from './client.ts';
import type { Gateway } from './gateway/server.ts';
import type { Waiting } from './interactions/waiting.ts';
import type { LogIns } from './log-in.ts';
import type { Limits } from './limits/buckets.ts';
import type { Refusals } from './limits/refusals.ts';
import type { Shelf } from './shelf.ts';
import type { State } from './state.ts';
import type { Tell } from './tell.ts';

export interface World {
  readonly state: State;
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly refusals: Refusals;
  readonly limits: Limits;
  readonly shelf: Shelf;
  readonly gateway: Gateway;
  readonly tell: Tell;
  readonly waiting: Waiting;
  /** Who people are, for the app that asks. */
  readonly logIns: LogIns;
  readonly calls: MadeCall[];
  readonly token: string;
  readonly clientSecret: string;
  /** Where it listens. */
  readonly url: () => string;
}
