// Runs in front of every test file. A test may not leave anything open behind it, and may not be loud without saying so.
import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import { forgetTimers, openThings } from './open-things.ts';
import { waitPatiently } from './patience.ts';
import { takeUnexpectedWarnings } from './warnings.ts';

// Kept from before a test sets the clock by hand.
const { setImmediate, setTimeout } = globalThis;
declare module 'vitest' {
  interface ProvidedContext {
    /** How long what was closed may take to be gone; what is left open is waited for as long. 20 s when left out. */
    leftOpenGraceMs?: number;
  }
}

const graceMs = inject('leftOpenGraceMs') ?? 20_000;

waitPatiently();

let before: readonly string[] = [];

// These are registered first, so they run around everything in the file, its own hooks included.
beforeAll(() => {
  before = openThings();
});

afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve)); // Node tells of a warning a tick late.
  mustBeNone('The test warns and does not announce it with expectWarning()', takeUnexpectedWarnings());
});

afterAll(async () => {
  const left = () => without(openThings(), before);
  // What was closed may need a moment to be gone.
  for (let waitedMs = 0; left().length > 0 && waitedMs < graceMs; waitedMs += 20) await new Promise((resolve) => setTimeout(resolve, 20));
  const complaints = [...left(), ...takeUnexpectedWarnings()];
  forgetTimers();
  mustBeNone('The file leaves open, or warns outside of its tests', complaints);
});

function mustBeNone(what: string, things: readonly string[]) {
  if (things.length > 0) throw new Error(`${what}:\n- ${things.join('\n- ')}`);
}

function without(all: readonly string[], some: readonly string[]) {
  const rest = [...all];
  for (const one of some) {
    const at = rest.indexOf(one);
    if (at >= 0) rest.splice(at, 1);
  }
  return rest;
}
