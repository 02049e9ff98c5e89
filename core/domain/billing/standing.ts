// What a purchase stands for after its refunds and disputes: told from how they are now, never from how they came about. So
// their order, and how often we hear of them, do not matter.

import { micro, type Credits } from '../credits/credits.ts';
import type { DisputeStanding } from './purchase.ts';

/** A payment as the port gives it (core/ports/payments.ts): the part that a judgment rests on. */
export interface JudgedPayment {
  readonly refunds: readonly {
    readonly id: string;
    readonly amount: bigint | null;
    readonly currency: string;
    readonly counts: boolean;
    readonly createdAt: Date;
  }[];
  readonly disputes: readonly {
    readonly id: string;
    readonly standing: 'inquiry' | 'open' | 'lost' | 'over' | 'other';
    readonly createdAt: Date;
  }[];
  readonly warnedAt: Date | null;
}

/** What was bought, and for how much in the currency's smallest unit. */
export interface JudgedPurchase {
  readonly credits: Credits;
  readonly paid: bigint;
  readonly currency: string;
}

/** Why it cannot be told: an operator has to look. */
export type StandingTrouble = 'refund-amount' | 'refund-currency';

export interface Standing {
  /** Never more than was paid. */
  readonly refunded: bigint;
  readonly dispute: DisputeStanding;
  /** The credits that are left of what was bought, whoever has used them. */
  readonly left: Credits;
  readonly warnedAt: Date | null;
  /** Until then it may change without being told of by a new refund or dispute; null where nothing happened to it. */
  readonly watchedUntil: Date | null;
  /** A dispute has a status that this version does not know; it counts as an inquiry. */
  readonly isUncertain: boolean;
}

/** A refund that was made can fail for some weeks; a lost dispute can be appealed. */
const REFUND_MAY_FAIL_MS = 30 * 24 * 60 * 60 * 1000;
const LOSS_MAY_END_MS = 365 * 24 * 60 * 60 * 1000;
/** Of a dispute that is not decided: looked at until it is. */
const STILL_OPEN_MS = 30 * 24 * 60 * 60 * 1000;

export function standingOf({ credits, paid, currency }: JudgedPurchase, payment: JudgedPayment, at: Date): Standing | StandingTrouble {
  const counting = payment.refunds.filter(({ counts }) => counts);
  if (counting.some((refund) => refund.currency !== currency)) return 'refund-currency';
  let sum = 0n;
  for (const { amount } of counting) {
    if (amount === null) return 'refund-amount';
    sum += amount;
  }
  const refunded = sum < paid ? sum : paid;
  const dispute = worstOf(payment.disputes.map(({ standing }) => standingOfDispute(standing)));
  return {
    refunded,
    dispute,
    left: dispute === 'lost' ? micro(0n) : leftOf(credits, refunded, paid),
    warnedAt: payment.warnedAt,
    watchedUntil: watchedUntil(payment, at),
    isUncertain: payment.disputes.some(({ standing }) => standing === 'other'),
  };
}

/** What a part of a credit was paid for goes with the refund. Nothing was paid where a promotion paid for all of it. */
function leftOf(credits: Credits, refunded: bigint, paid: bigint): Credits {
  return paid === 0n ? credits : micro(credits - (credits * refunded) / paid);
}

function standingOfDispute(standing: JudgedPayment['disputes'][number]['standing']): DisputeStanding {
  switch (standing) {
    case 'over':
      return 'none';
    case 'other':
      return 'inquiry';
    default:
      return standing;
  }
}

/** From the best to the worst. */
const order: readonly DisputeStanding[] = ['none', 'inquiry', 'open', 'lost'];

function worstOf(standings: readonly DisputeStanding[]): DisputeStanding {
  return order[Math.max(0, ...standings.map((each) => order.indexOf(each)))]!;
}

function watchedUntil({ refunds, disputes }: JudgedPayment, at: Date): Date | null {
  const ends = [
    ...refunds.filter(({ counts }) => counts).map(({ createdAt }) => createdAt.getTime() + REFUND_MAY_FAIL_MS),
    ...disputes.flatMap(({ standing, createdAt }) => {
      if (standing === 'over') return [];
      return [standing === 'lost' ? createdAt.getTime() + LOSS_MAY_END_MS : at.getTime() + STILL_OPEN_MS];
    }),
  ];
  const last = Math.max(...ends);
  return last > at.getTime() ? new Date(last) : null;
}
