// Trouble that was ordered, in the order in which it strikes.

import type { TakenFault as Fault, TakenOrder as Order } from '#core/contracts/stripe-sandbox.ts';

export type { Fault, Order };

export class Troubles {
  #faults: Fault[] = [];
  #orders: Order[] = [];

  orderFaults(faults: readonly Fault[]): void {
    this.#faults.push(...faults);
  }

  orderNews(orders: readonly Order[]): void {
    this.#orders.push(...orders.flatMap((order) => Array.from({ length: order.times }, () => order)));
  }

  /** What strikes a request, such as `POST /v1/refunds`. */
  forRequest(request: string): Fault | null {
    const i = this.#faults.findIndex(({ on }) => on === undefined || request === on || request.startsWith(`${on}/`));
    return i < 0 ? null : this.#faults.splice(i, 1)[0]!;
  }

  forEvent(type: string): Order | null {
    const i = this.#orders.findIndex((order) => order.type === undefined || order.type === type);
    return i < 0 ? null : this.#orders.splice(i, 1)[0]!;
  }
}
