// Verbs are written as functions that take the core first. A front door has them bound to one core.

import type { Core } from './core.ts';

type Verb = (core: Core, ...given: never[]) => unknown;

/** The same functions without their first parameter. */
type Bound<Verbs> = {
  readonly [Name in keyof Verbs]: Verbs[Name] extends (core: Core, ...given: infer Given) => infer Answer
    ? (...given: Given) => Answer
    : never;
};

export function bind<Verbs extends Readonly<Record<string, Verb>>>(core: Core, verbs: Verbs): Bound<Verbs> {
  return Object.fromEntries(
    Object.entries<Verb>(verbs).map(([name, verb]) => [name, (...given: never[]) => verb(core, ...given)]),
  ) as Bound<Verbs>;
}
