// What cannot easily be undone is done only by someone who showed who they are within the last ten minutes: a browser that
// was left open, or a session cookie that was stolen, is not enough. Which acts these are stands in core/flows/runtime/sensitive-acts.ts.

export const FRESH_MINUTES = 10;

/** `confirmedAt`: when the person logged in, or last confirmed who they are in this session. */
export function isFresh(confirmedAt: Date | undefined, now: Date): boolean {
  return confirmedAt !== undefined && now.getTime() - confirmedAt.getTime() <= FRESH_MINUTES * 60_000;
}
