// What is left to spend, always in sight: a colour, and the same in words.

import { Link } from 'react-router';
import { classes } from './classes.ts';
import { formatNumber, useReader } from './format.tsx';

export interface ShownBalance {
  /** Credits. */
  readonly available: number;
  readonly inUse: number;
  readonly colour: 'green' | 'yellow' | 'red';
  /** "Enough for about 12 typical tasks". */
  readonly words: string;
  /** Of two balances, the higher is newer. */
  readonly version: number;
}

const looks = {
  green: { pill: 'bg-good-wash text-good', dot: 'bg-good' },
  yellow: { pill: 'bg-warn-wash text-warn', dot: 'bg-warn' },
  red: { pill: 'bg-bad-wash text-bad', dot: 'bg-bad' },
} as const;

/** `to` leads to the credits, for those who may see them. */
export function CreditBadge({ balance, to }: { balance: ShownBalance; to: string | null }) {
  const reader = useReader();
  const { pill, dot } = looks[balance.colour];
  const content = (
    <>
      <span aria-hidden className={classes('size-2 rounded-full', dot)} />
      <span suppressHydrationWarning className="numbers">
        {formatNumber(balance.available, reader)}
      </span>
      <span>{balance.available === 1 ? 'credit' : 'credits'}</span>
      <span className="sr-only">left. {balance.words}.</span>
    </>
  );
  const look = classes('inline-flex min-h-9 items-center gap-1.5 rounded-full px-3 text-sm font-medium whitespace-nowrap', pill);
  if (to === null)
    return (
      <span className={look} title={balance.words}>
        {content}
      </span>
    );
  return (
    <Link to={to} className={look} title={balance.words}>
      {content}
    </Link>
  );
}
