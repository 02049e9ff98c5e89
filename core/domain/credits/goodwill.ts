// Goodwill: a result that was charged and was not useful brings a share of its charge back, once for each task, and for a team
// only so much in a month.

import { credits, micro, type Credits } from './credits.ts';

/** What a team gets back in a calendar month (UTC) at the most. */
export const GOODWILL_MOST = credits(100);
/** They are used before credits that were bought. */
export const GOODWILL_PRIORITY = 5;
const EXPIRES_AFTER_MS = 30 * 24 * 60 * 60 * 1000;
/** Whoever looks at a result a month later does not tell us what it was worth when it came. */
const JUDGED_WITHIN_MS = 30 * 24 * 60 * 60 * 1000;

/** What can come back for a task; null where nothing does. */
export function goodwillFor(
  task: { readonly status: string; readonly creditsUsed: Credits; readonly finishedAt: Date | null },
  at: Date,
): { readonly credits: Credits; readonly expiresAt: Date } | null {
  if (task.status !== 'completed' || task.finishedAt === null) return null;
  const share = micro(task.creditsUsed / 2n);
  if (share <= 0n || at.getTime() - task.finishedAt.getTime() > JUDGED_WITHIN_MS) return null;
  return { credits: share, expiresAt: new Date(at.getTime() + EXPIRES_AFTER_MS) };
}
