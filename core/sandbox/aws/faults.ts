import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Trouble to order: each request waits `delayMs`, and takes the first of `next`. */
export interface Faults<Fault extends string> {
  delayMs: number;
  readonly next: Fault[];
}

export function noFaults<Fault extends string>(): Faults<Fault> {
  return { delayMs: 0, next: [] };
}

export async function nextFault<Fault extends string>(faults: Faults<Fault>): Promise<Fault | undefined> {
  const fault = faults.next.shift();
  if (faults.delayMs > 0) await sleep(faults.delayMs);
  return fault;
}

/** Everything is done, and then the connection ends without a word about it. */
export function loseAnswer(response: ServerResponse): void {
  response.end = () => response.destroy();
}
