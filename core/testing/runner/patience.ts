// How long a test waits for what should come. A wait that is fulfilled is no longer for it, and on a busy machine a process
// may not get its turn for seconds: so nobody says a shorter time, unless the time itself is what is tested.
import { vi } from 'vitest';

export const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 20;

/** Left to itself, vi.waitFor gives up after a second. */
export function waitPatiently(): void {
  const { waitFor } = vi;
  vi.waitFor = (check, options = {}) =>
    waitFor(check, { timeout: PATIENCE_MS, interval: LOOK_EVERY_MS, ...(typeof options === 'number' ? { timeout: options } : options) });
}
