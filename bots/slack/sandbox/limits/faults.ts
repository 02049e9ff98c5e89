// Trouble that can be ordered: the next call of a method ends otherwise than it should.

import type { ServerResponse } from 'node:http';

/**
 * `answer-lost`: done, but the connection is cut before the answer. `cut`: the connection is cut before it is done.
 * `silent`: done, but no answer ever comes. `held`: no answer ever comes, and it is done once it is let go. `broken`: not done, 500.
 * `broken-after`: done, and yet 500. `busy`: 429.
 */
export const faultNames = ['answer-lost', 'cut', 'silent', 'held', 'broken', 'broken-after', 'busy'] as const;
export type Fault = (typeof faultNames)[number];

export interface Ordered {
  /** The methods of which the next call meets it; none for any. */
  readonly methods: readonly string[];
  readonly fault: Fault;
}

export interface Faults {
  order(ordered: Ordered): void;
  waiting(): readonly Ordered[];
  /** Takes what waits for this method. */
  next(method: string): Fault | undefined;
  /** Calls `act`, and answers with what it gives, as the fault has it. */
  end(fault: Fault | undefined, response: ServerResponse, act: () => object): void;
  /** What was held is done now. Gives how much that was. */
  letGo(): number;
}

/** Waiting time that `busy` asks for. */
export const busyMs = 2000;

export function startFaults(
  send: (response: ServerResponse, status: number, body: object, headers?: Record<string, string>) => void,
): Faults {
  const orders: Ordered[] = [];
  const held: (() => object)[] = [];
  return {
    order: (ordered) => void orders.push(ordered),
    waiting: () => orders,
    next(method) {
      const at = orders.findIndex(({ methods }) => methods.length === 0 || methods.includes(method));
      return at < 0 ? undefined : orders.splice(at, 1)[0]!.fault;
    },
    end(fault, response, act) {
      if (fault === undefined) return send(response, 200, act());
      if (fault === 'held') return void held.push(act);
      if (fault === 'busy') return send(response, 429, { ok: false, error: 'ratelimited' }, { 'Retry-After': String(busyMs / 1000) });
      if (fault === 'broken') return send(response, 500, { ok: false, error: 'fatal_error' });
      if (fault === 'cut') return void response.destroy();
      act();
      if (fault === 'answer-lost') response.destroy();
      if (fault === 'broken-after') send(response, 500, { ok: false, error: 'fatal_error' });
    },
    letGo: () => held.splice(0).map((act) => act()).length,
  };
}
