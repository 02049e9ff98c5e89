// What may be spent from a chat workspace in a day, so that one person, or a script in a channel, never empties a wallet.
// A newly linked workspace has both caps; who links it sees them before, and may change or drop them.

import { amountOf, credits, type Amount, type Credits } from '../credits/credits.ts';

/** What may be spent in a day; null: no cap of this kind. */
export interface WorkspaceCaps {
  /** By each person, from all channels of the workspace together. */
  readonly personPerDay: Credits | null;
  /** By everybody in the workspace together. */
  readonly workspacePerDay: Credits | null;
}

/** The same in JSON. */
export interface WorkspaceCapsView {
  readonly personPerDay: Amount | null;
  readonly workspacePerDay: Amount | null;
}

/**
 * For a newly linked workspace. 100 credits are four usual requests for leads (25 each) in a day, or one of twice the usual
 * size with room for a second one. The workspace has five times that: while each person has a cap, one alone never stops the
 * others, as with rates (`asks/verb-rates.ts`), and a day that goes wrong costs 500 credits at most.
 */
export const defaultCaps: WorkspaceCaps = { personPerDay: credits(100), workspacePerDay: credits(500) };

export function viewCaps({ personPerDay, workspacePerDay }: WorkspaceCaps): WorkspaceCapsView {
  const view = (amount: Credits | null) => (amount === null ? null : amountOf(amount));
  return { personPerDay: view(personPerDay), workspacePerDay: view(workspacePerDay) };
}

/** The subject of a workspace's limits: the first two parts of every channel in it. */
export function workspaceSubject(platform: string, externalId: string): string {
  return `${platform}:${externalId}`;
}
