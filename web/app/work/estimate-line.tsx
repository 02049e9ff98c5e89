import { formatNumber, useReader } from '../components/format.tsx';
import { types } from '../texts/work.ts';
import type { ShownEstimate } from './ask.ts';

/** "Leads: about 80, at most 100 credits", or why it would be refused. */
export function EstimateLine({ estimate }: { estimate: ShownEstimate | null }) {
  const reader = useReader();
  if (estimate === null) return null;
  if (estimate.trouble !== null) return <span className="text-warn">{estimate.trouble}</span>;
  const range =
    estimate.low === estimate.high
      ? `${formatNumber(estimate.high, reader)} credits`
      : `about ${formatNumber(estimate.low, reader)}, at most ${formatNumber(estimate.high, reader)} credits`;
  return (
    <span className="numbers text-soft" title={estimate.because}>
      {types[estimate.type]}: {range}
    </span>
  );
}
