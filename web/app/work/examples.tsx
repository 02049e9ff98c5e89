// What somebody could ask for, with the price, one press away from the composer.

import { Link } from 'react-router';
import type { ExamplesView } from '#core/flows/tasks/examples.ts';
import { formatNumber, useReader } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { work as words } from '../texts/work.ts';
import { draftAddress } from './draft.ts';
import { useRange } from './estimate-line.tsx';

export function Examples({ examples: { available, asks, least }, mayBuy }: { examples: ExamplesView; mayBuy: boolean }) {
  const range = useRange();
  const reader = useReader();
  if (asks.length === 0)
    return (
      <Notice tone="warn" title={words.noCredits(formatNumber(available, reader), formatNumber(least, reader))}>
        {mayBuy ? (
          <Link to="/credits">{words.getCredits}</Link>
        ) : (
          <p>
            {words.askForCredits} <Link to="/team">{words.viewMembers}</Link>
          </p>
        )}
      </Notice>
    );
  return (
    <ul className="grid gap-2 @md:grid-cols-2">
      {asks.map(({ text, low, high }) => (
        <li key={text}>
          <Link
            to={draftAddress(text)}
            discover="none"
            className="flex h-full min-h-11 flex-col justify-between gap-1 rounded-control border border-hairline px-4 py-3 text-sm hover:bg-sunken"
          >
            {text}
            <span suppressHydrationWarning className="numbers text-soft">
              {range(low, high)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
