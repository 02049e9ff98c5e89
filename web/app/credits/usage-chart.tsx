// Use as bars by day, and as a list by what: the list is the legend of the bars.

import type { UsageBy, UsageDays } from '#core/domain/credits/usage.ts';
import { FILLS, Swatch, type Fill } from '../components/chart/fills.tsx';
import { StackedBars } from '../components/chart/stacked-bars.tsx';
import { Credits, formatDay, formatNumber, useReader } from '../components/format.tsx';
import { Figure } from '../components/page.tsx';
import { Table, Td, Th, Tr } from '../components/table.tsx';
import { byWords } from '../texts/credits.ts';

export interface ShownUsage {
  readonly days: UsageDays;
  readonly by: UsageBy;
  readonly timeZone: string;
  readonly from: string;
  readonly to: string;
  readonly groups: readonly {
    readonly kind: 'group' | 'none' | 'other';
    readonly name: string;
    readonly credits: number;
    readonly previous: number;
    readonly tasks: number;
  }[];
  readonly perDay: readonly {
    readonly day: string;
    readonly credits: number;
    readonly tasks: number;
    readonly byGroup: readonly number[];
  }[];
  readonly totals: {
    readonly credits: number;
    readonly tasks: number;
    readonly freeTasks: number;
    readonly retried: { readonly tasks: number; readonly credits: number };
  };
  readonly previous: { readonly credits: number; readonly tasks: number };
}

const ID = 'use';

export function UsageChart({ usage }: { usage: ShownUsage }) {
  const reader = useReader();
  const { days, by, groups, perDay, totals, previous } = usage;
  const fills: Fill[] = groups.map(({ kind }, i) => (kind === 'group' ? Math.min(i, FILLS - 1) : kind));
  const number = (value: number) => formatNumber(value, reader);
  const most = perDay.reduce((a, b) => (b.credits > a.credits ? b : a));
  return (
    <>
      <dl className="mb-6 grid grid-cols-2 gap-x-4 gap-y-5 sm:grid-cols-3">
        <Figure label="Used" value={<Credits amount={totals.credits} />} note={comparison(totals.credits, previous.credits, days)} />
        <Figure
          label="Tasks"
          value={number(totals.tasks)}
          note={totals.freeTasks === 0 ? undefined : `and ${number(totals.freeTasks)} that cost nothing`}
        />
        <Figure
          label="Run again"
          value={<Credits amount={totals.retried.credits} />}
          note={totals.retried.tasks === 1 ? 'in 1 task' : `in ${number(totals.retried.tasks)} tasks`}
        />
      </dl>
      <StackedBars
        id={ID}
        title={`Credits used a day, by ${byWords[by].toLowerCase()}`}
        description={`${number(totals.credits)} credits in ${days} days. The most in a day were ${number(most.credits)}, on ${formatDay(most.day, reader, 'date')}.`}
        bars={perDay.map(({ day, credits, byGroup }) => ({
          key: day,
          title: [
            `${formatDay(day, reader)}: ${number(credits)}`,
            ...groups.flatMap(({ name }, i) => (byGroup[i]! > 0 ? [`${name} ${number(byGroup[i]!)}`] : [])),
          ].join('\n'),
          values: byGroup,
        }))}
        fills={fills}
        showNumber={number}
        marks={[perDay[0]!, perDay[Math.floor((days - 1) / 2)]!, perDay.at(-1)!].map(({ day }) => formatDay(day, reader))}
      >
        <DayTable usage={usage} />
      </StackedBars>
      <GroupTable usage={usage} fills={fills} />
    </>
  );
}

function GroupTable({ usage: { by, groups, totals, days }, fills }: { usage: ShownUsage; fills: readonly Fill[] }) {
  const reader = useReader();
  const percent = (share: number) => new Intl.NumberFormat(reader.locale, { style: 'percent', maximumFractionDigits: 0 }).format(share);
  return (
    <div className="-mx-5 mt-4 -mb-5 border-t border-hairline sm:-mx-6 sm:-mb-6">
      <Table name={`Usage by ${byWords[by].toLowerCase()}`}>
        <thead>
          <tr>
            <Th>{byWords[by]}</Th>
            <Th numeric>Credits</Th>
            <Th numeric>Share</Th>
            <Th numeric>Tasks</Th>
            <Th numeric>{days} days before</Th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ kind, name, credits, previous, tasks }, i) => (
            <Tr key={`${kind} ${name} ${i}`}>
              <Td>
                <span className="flex items-center gap-2.5">
                  <Swatch fill={fills[i]!} of={ID} />
                  <span className="min-w-32 wrap-anywhere">{name}</span>
                </span>
              </Td>
              <Td numeric>
                <Credits amount={credits} />
              </Td>
              <Td numeric>{totals.credits === 0 ? '–' : percent(credits / totals.credits)}</Td>
              <Td numeric>{formatNumber(tasks, reader)}</Td>
              <Td numeric>
                <Credits amount={previous} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

function DayTable({ usage: { by, groups, perDay } }: { usage: ShownUsage }) {
  const reader = useReader();
  return (
    <Table name={`Credits used a day, by ${byWords[by].toLowerCase()}`}>
      <thead>
        <tr>
          <Th>Day</Th>
          <Th numeric>All</Th>
          {groups.map(({ kind, name }, i) => (
            <Th numeric key={`${kind} ${name} ${i}`}>
              {name}
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {perDay.map(({ day, credits, byGroup }) => (
          <Tr key={day}>
            <Td className="whitespace-nowrap">{formatDay(day, reader)}</Td>
            <Td numeric>{formatNumber(credits, reader)}</Td>
            {byGroup.map((used, i) => (
              <Td numeric key={i}>
                {formatNumber(used, reader)}
              </Td>
            ))}
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function comparison(now: number, before: number, days: number): string {
  if (before === 0) return now === 0 ? 'No change' : `Nothing in the ${days} days before`;
  const change = Math.round((now / before - 1) * 100);
  if (change === 0) return `Same as the ${days} days before`;
  if (change > 900) return `Over ten times the ${days} days before`;
  return `${Math.abs(change)} % ${change > 0 ? 'more' : 'less'} than in the ${days} days before`;
}
