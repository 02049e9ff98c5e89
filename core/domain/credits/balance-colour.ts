// The colour of a balance. Red when a typical task can't be paid, yellow below five of them. Once there are seven days
// of use, days say more than a sum does, and the same numbers count days.

import { TYPICAL_TASK } from './rates.ts';
import { NO_CREDITS, type Credits } from './credits.ts';

export interface BalanceFacts {
  readonly available: Credits;
  /** What a task of this team usually costs; a general measure where the team has none yet. */
  readonly typicalTask?: Credits;
  /** As daysLeftAt() gives it. */
  readonly daysLeft?: number | undefined;
}

export interface BalanceColour {
  readonly colour: 'green' | 'yellow' | 'red';
  /** Says the same without colour. */
  readonly words: string;
}

/** Days of use that make a pace. */
const DAYS_TO_KNOW = 7;
const LOW = 5;

export function balanceColour({ available, typicalTask = TYPICAL_TASK, daysLeft }: BalanceFacts): BalanceColour {
  if (available < typicalTask)
    return { colour: 'red', words: available > NO_CREDITS ? 'Not enough for a typical task' : 'No credits left' };
  if (daysLeft !== undefined) return { colour: daysLeft < 1 ? 'red' : daysLeft < LOW ? 'yellow' : 'green', words: sayDaysLeft(daysLeft) };
  const tasks = available / typicalTask;
  return {
    colour: tasks < LOW ? 'yellow' : 'green',
    words: `Enough for about ${tasks.toLocaleString('en-US')} typical ${tasks === 1n ? 'task' : 'tasks'}`,
  };
}

/** Whole days at the current pace; undefined where there is no pace to speak of yet. */
export function daysLeftAt(available: Credits, used: { readonly days: number; readonly credits: Credits }): number | undefined {
  if (used.days < DAYS_TO_KNOW || used.credits <= NO_CREDITS) return undefined;
  return Number((available * BigInt(Math.floor(used.days))) / used.credits);
}

function sayDaysLeft(days: number): string {
  if (days < 1) return 'Less than a day left at the current pace';
  if (days > 365) return 'More than a year left at the current pace';
  return `About ${days} ${days === 1 ? 'day' : 'days'} left at the current pace`;
}
