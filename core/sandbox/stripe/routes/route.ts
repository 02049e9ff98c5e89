// One method of the API: its address, its parameters, and what it does.

import type { Refused } from '../wire/problem.ts';
import type { Given, Table } from '../wire/rules.ts';
import type { World } from '../world.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `/v1/customers/:id` */
  readonly path: string;
  readonly table: Table;
  run(call: Call<Table>): object | Refused;
}

export interface Call<T extends Table> {
  readonly world: World;
  readonly given: Given<T>;
  /** What stands in the place of `:id`; empty where there is none. */
  readonly id: string;
  /** As it was called, for lists. */
  readonly path: string;
}

export function route<const T extends Table>(
  method: Route['method'],
  path: string,
  table: T,
  run: (call: Call<T>) => object | Refused,
): Route {
  return { method, path, table, run: (call) => run(call as Call<T>) };
}
