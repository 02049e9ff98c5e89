import { formatNumber, useReader } from '../components/format.tsx';
import { types, work } from '../texts/work.ts';
import type { ShownEstimate } from './ask.ts';

/** "Leads · 100 · about 80, at most 100 credits", or why it would be refused. */
export function EstimateLine({ estimate }: { estimate: ShownEstimate | null }) {
  const range = useRange();
  const reader = useReader();
  if (estimate === null) return null;
  if (estimate.trouble !== null) return <span className={estimate.isAnswer ? 'text-soft' : 'text-warn'}>{estimate.trouble}</span>;
  return (
    <span className="numbers text-soft" title={estimate.because}>
      {[types[estimate.type], ...countOf(estimate.quantity, reader), range(estimate.low, estimate.high)].join(' · ')}
    </span>
  );
}

/** The number as it was understood, so that a wrong reading is seen before it costs. */
function countOf(quantity: ShownEstimate['quantity'], reader: ReturnType<typeof useReader>): string[] {
  return quantity === null ? [] : [`${formatNumber(quantity.count, reader)}${quantity.stated ? '' : ` (${work.usualNumber})`}`];
}

/** "about 80, at most 100 credits" */
export function useRange(): (low: number, high: number) => string {
  const reader = useReader();
  return (low, high) => {
    const unit = high === 1 ? 'credit' : 'credits';
    const highest = `${formatNumber(high, reader)} ${unit}`;
    return low === high ? highest : `about ${formatNumber(low, reader)}, at most ${highest}`;
  };
}
