// Trouble that can be ordered: the next call of this name ends otherwise than it should.

import type { ServerResponse } from 'node:http';

/**
 * `answer-lost`: done, but the connection is cut before the answer. `cut`: the connection is cut before it is done.
 * `silent`: done, but no answer ever comes. `held`: no answer ever comes, and it is done once it is let go. `broken`: not done, 500.
 * `broken-after`: done, and yet 500. `busy`: 429.
 */
export const faultNames = ['answer-lost', 'cut', 'silent', 'held', 'broken', 'broken-after', 'busy'] as const;
export type Fault = (typeof faultNames)[number];

export interface Ordered {
  /** The calls of which the next one meets it; none for any. */
  readonly names: readonly string[];
  readonly fault: Fault;
}

export interface Faults {
  order(ordered: Ordered): void;
  waiting(): readonly Ordered[];
  /** Takes what waits for a call of this name. */
  next(name: string): Fault | undefined;
  /** Calls `act`, and answers with what it gives, as the fault has it. */
  end(fault: Fault | undefined, response: ServerResponse, act: () => object): void;
  /** What was held is done now. Gives how much that was. */
  letGo(): number;
}

/** Waiting time that `busy` asks for. */
export const busyMs = 2000;

export type Send = (response: ServerResponse, status: number, body: object, headers?: Record<string, string>) => void;

/** `bodies`: what the platform says with 429, and with 500. */
export function startFaults(send: Send, bodies: { readonly busy: object; readonly broken: object }): Faults {
  const orders: Ordered[] = [];
  const held: (() => object)[] = [];
  return {
    order: (ordered) => void orders.push(ordered),
    waiting: () => orders,
    next(name) {
      const at = orders.findIndex(({ names }) => names.length === 0 || names.includes(name));
      return at < 0 ? undefined : orders.splice(at, 1)[0]!.fault;
    },
    end(fault, response, act) {
      if (fault === undefined) return send(response, 200, act());
      if (fault === 'held') return void held.push(act);
      if (fault === 'busy') return send(response, 429, bodies.busy, { 'Retry-After': String(busyMs / 1000) });
      if (fault === 'broken') return send(response, 500, bodies.broken);
      if (fault === 'cut') return void response.destroy();
      act();
      if (fault === 'answer-lost') response.destroy();
      if (fault === 'broken-after') send(response, 500, bodies.broken);
    },
    letGo: () => held.splice(0).map((act) => act()).length,
  };
}
