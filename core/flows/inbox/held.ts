// An event that this process was told of, or took over, until it is handled.

import type { ChatEvent, WaitOf } from '#core/ports/inbox.ts';

export interface Held {
  readonly event: ChatEvent;
  /** Microseconds since 1970, and different for each. */
  readonly came: number;
  /** By performance.now(), when it came into this process. */
  readonly sinceMs: number;
  /** How long whoever told us waits; what is stored waits for nobody. */
  wait: WaitOf;
  /** What they wait for. */
  told: PromiseWithResolvers<void>;
  isTold: boolean;
  /** `here`: this process has its row. `elsewhere`: another one has it, or nothing more would come of it. */
  stored: 'no' | 'here' | 'elsewhere';
  storing: Promise<void> | null;
  /** Of its row. */
  characters: number;
  isWithdrawn: boolean;
  /** Several processes ended while they had it. */
  isSuspect: boolean;
  /** Ends its pause, while it waits for its next try. */
  wake: (() => void) | null;
  isEnded: boolean;
  /** Called when nothing is done about it any more. */
  readonly atEnd: (() => void)[];
}

export function newHeld(event: ChatEvent, came: number, wait: WaitOf): Held {
  return {
    event,
    came,
    sinceMs: performance.now(),
    wait,
    told: Promise.withResolvers(),
    isTold: false,
    stored: 'no',
    storing: null,
    characters: 0,
    isWithdrawn: false,
    isSuspect: false,
    wake: null,
    isEnded: false,
    atEnd: [],
  };
}

/** Its outcome is committed, or itself. */
export function tell(one: Held): void {
  if (one.isTold) return;
  one.isTold = true;
  one.told.resolve();
}

/** Neither is: whoever told us has to tell it again, or never. */
export function refuse(one: Held, error: unknown): void {
  if (one.isTold) return;
  one.isTold = true;
  one.told.reject(error);
}

/** Told once more. Whoever told it first may have stopped waiting. */
export function tellAgain(one: Held, wait: WaitOf): Promise<void> {
  if (one.isTold && one.stored === 'no') {
    one.told = Promise.withResolvers();
    one.isTold = false;
    one.wait = wait;
  }
  return one.told.promise;
}
