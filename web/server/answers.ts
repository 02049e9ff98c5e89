// What the API answers. The core counts in micro-credits; here every amount is a number of credits, with at most six
// decimals, and exact as far as a JSON number goes: above four thousand million credits the last decimal may be off.

import { asNumber, micro, type Amount } from '#core/domain/credits/credits.ts';
import type { Standing, StatementView } from '#core/domain/credits/statement.ts';
import type { TransactionView } from '#core/domain/credits/transaction.ts';
import type { WalletView } from '#core/flows/credits/views.ts';
import type { EventLine } from '#core/flows/live/event-line.ts';
import type { Stopped } from '#core/flows/tasks/control.ts';
import type { TakenApproval, TakenTask } from '#core/flows/tasks/intake.ts';

/** Made of what was stored when the ask was taken, so that a repeat reads the same, whatever became of the task. */
export function takenAnswer(taken: TakenTask, publicUrl: string) {
  return {
    task: { ...workAnswer(taken), position: taken.position },
    estimate: { ...estimateAnswer(taken), held: inCredits(taken.held) },
    balance: { available: inCredits(taken.available) },
    conversationId: taken.conversationId,
    links: linksAnswer(taken, publicUrl),
  };
}

/** As `takenAnswer`, for a task that starts only when it is approved. */
export function approvalAnswer(taken: TakenApproval, publicUrl: string) {
  const links = linksAnswer(taken, publicUrl);
  return {
    task: { ...workAnswer(taken), status: 'awaiting_approval' },
    estimate: { ...estimateAnswer(taken), held: 0 },
    approval: { above: inCredits(taken.above), approveBy: taken.approveBy },
    balance: { available: inCredits(taken.available) },
    conversationId: taken.conversationId,
    links: { ...links, approve: `${links.task}/approve` },
  };
}

function workAnswer({ taskId, type, because, quantity }: TakenTask | TakenApproval) {
  return { id: taskId, type, because, quantity: quantity && { asked: quantity.count, unit: quantity.unit, stated: quantity.stated } };
}

function estimateAnswer({ estimateLow, estimateHigh }: TakenTask | TakenApproval) {
  return { low: inCredits(estimateLow), high: inCredits(estimateHigh) };
}

function linksAnswer({ taskId, conversationId }: TakenTask | TakenApproval, publicUrl: string) {
  const task = `${publicUrl}/api/tasks/${taskId}`;
  return {
    task,
    cancel: `${task}/cancel`,
    events: `${publicUrl}/api/events?task=${taskId}`,
    letters: `${publicUrl}/api/conversations/${conversationId}/letters`,
  };
}

export function stoppedAnswer({ taskId, state, used, returned, available }: Stopped) {
  return {
    task: { id: taskId, state },
    used: inCredits(used),
    returned: inCredits(returned),
    balance: { available: inCredits(available) },
  };
}

export function walletAnswer({ available, inUse, debt }: WalletView) {
  return { balance: { available: inCredits(available), inUse: inCredits(inUse), debt: inCredits(debt) } };
}

/** For pages: with its colour, and a version, so that of two the newer is known. */
export function balanceAnswer({ version, colour, words, ...wallet }: WalletView) {
  return { ...walletAnswer({ version, colour, words, ...wallet }).balance, version, colour, words };
}

export function transactionAnswer({ amount, setAside, balance, inUse, debt, money, ...line }: TransactionView) {
  return {
    ...line,
    credits: inCredits(amount),
    setAside: inCredits(setAside),
    after: standing({ balance, inUse, debt }),
    money: money && { amount: Number(money.amount), currency: money.currency },
  };
}

export function statementAnswer({ opening, closing, movements, ...statement }: StatementView) {
  return {
    ...statement,
    opening: standing(opening),
    movements: movements.map(({ type, count, ...changes }) => ({ type, count, ...standing(changes) })),
    closing: standing(closing),
  };
}

function standing({ balance, inUse, debt }: Standing) {
  return { balance: inCredits(balance), inUse: inCredits(inUse), debt: inCredits(debt) };
}

export function eventAnswer({ taskId, kind, data, at }: EventLine) {
  return { taskId, kind, at, data: data instanceof Object ? withCredits(data) : data };
}

function withCredits(data: object) {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, amounts.has(name) && isAmount(value) ? inCredits(value) : value]),
  );
}

/** The names that amounts have in the data of events. */
const amounts = new Set(['estimateLow', 'estimateHigh', 'above', 'held', 'available', 'charged', 'used', 'returned']);

function isAmount(value: unknown): value is Amount {
  return typeof value === 'string' && /^-?\d+$/.test(value);
}

function inCredits(amount: Amount): number {
  return asNumber(micro(amount));
}
