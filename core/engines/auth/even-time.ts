// What a stranger may ask about a mail address is answered in the same time whether we know it or not: a mail to write
// takes a few milliseconds, and they could be counted.

import type { Clock } from '#core/ports/clock.ts';

const EVEN_MS = 300;
const asked = /^\/api\/auth\/(sign-up\/email|sign-in\/magic-link|request-password-reset)\/?$/;

export function isAskedByStrangers({ method, url }: Request): boolean {
  return method === 'POST' && asked.test(new URL(url).pathname);
}

/** Gives the answer after a while that is the same for all, or for slow machines a multiple of it. */
export async function answerIn(clock: Clock, answer: Promise<Response>, evenMs = EVEN_MS): Promise<Response> {
  const began = performance.now();
  const response = await answer;
  const tookMs = performance.now() - began;
  await clock.sleep(Math.ceil(tookMs / evenMs) * evenMs - tookMs);
  return response;
}
