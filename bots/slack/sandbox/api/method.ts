// One method of the Web API: who may call it, how often, with which arguments, and what it does.

import { z } from 'zod';
import type { Tier } from '../limits/limits.ts';
import type { Team } from '../shapes.ts';
import type { World } from '../world.ts';

export interface Call<Args> {
  readonly world: World;
  readonly team: Team;
  readonly args: Args;
}

export interface Method {
  /** One of these is enough; none where any token will do. */
  readonly scopes: readonly string[];
  readonly tier: Tier;
  /** Takes its arguments as JSON too. */
  readonly json: boolean;
  readonly schema: z.ZodType;
  /** Looks at everything, and gives what is to be done: so a call that ends badly was refused before, or is done. */
  bind(call: Call<never>): () => object;
}

interface Given<Schema extends z.ZodType> extends Omit<Method, 'schema' | 'bind'> {
  readonly schema: Schema;
  bind(call: Call<z.output<Schema>>): () => object;
}

export function method<Schema extends z.ZodType>(given: Given<Schema>): Method {
  return given as unknown as Method;
}

// Arguments come as words of a form or as JSON. What is structured comes as JSON in both.
export const word = z.string();
export const bool = z.preprocess((value) => ({ true: true, '1': true, false: false, '0': false })[String(value)] ?? value, z.boolean());
export const int = z.preprocess((value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value), z.int());
export const structured = z.preprocess((value) => (typeof value === 'string' ? parsed(value) : value), z.unknown());
export const ts = z.string().regex(/^\d{1,12}\.\d{6}$/, 'not a ts');

/** `undefined` for what is no JSON; whoever reads it says so in the words of its method. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Every method takes its token also as an argument, and the workspace, which the SDK sends with each call of Bolt's. */
export const args = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject({ ...shape, token: word.optional(), team_id: word.optional() });
