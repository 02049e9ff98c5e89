// What a run of the sandbox "used". There is no model; the numbers follow from the lengths of texts, so that bills add up.

import type { Json } from './wire.ts';

export interface Use {
  readonly input: number;
  readonly output: number;
}

export const noUse: Use = { input: 0, output: 0 };
const instructionsTokens = 900;
const dollarsPerMillion = { input: 3, output: 15 };

/** One call of the model. */
export function useOf(read: string, written: string): Use {
  return { input: instructionsTokens + tokens(read), output: 20 + tokens(written) };
}

export function addUse(one: Use, other: Use): Use {
  return { input: one.input + other.input, output: one.output + other.output };
}

export function costOf({ input, output }: Use): number {
  return (input * dollarsPerMillion.input + output * dollarsPerMillion.output) / 1_000_000;
}

export function useOnWire(use: Use): Json {
  return { input: use.input, output: use.output, cacheRead: 0, cacheWrite: 0, total: use.input + use.output, cost: { total: costOf(use) } };
}

function tokens(text: string): number {
  return Math.ceil(text.length / 4);
}
