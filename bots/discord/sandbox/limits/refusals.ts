// Refusals that can be ordered: the next call of a route is refused with one of Discord's codes.

import { DiscordNo, type Code } from '../no.ts';

export interface Refusals {
  order(routes: readonly string[], code: Code): void;
  /** Throws what waits for this route. */
  meet(route: string): void;
}

export function startRefusals(): Refusals {
  const orders: { readonly routes: readonly string[]; readonly code: Code }[] = [];
  return {
    order: (routes, code) => void orders.push({ routes, code }),
    meet(route) {
      const at = orders.findIndex(({ routes }) => routes.length === 0 || routes.includes(route));
      if (at < 0) return;
      const { code } = orders.splice(at, 1)[0]!;
      throw new DiscordNo(code, code === 20016 || code === 20028 || code === 30046 ? { retry_after: 5, global: false } : {});
    },
  };
}
