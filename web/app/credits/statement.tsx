// One month: opening, movements, closing, and how to check it.

import { Link, useLoaderData, type MetaFunction } from 'react-router';
import { transactionWords } from '#core/domain/credits/say-transaction.ts';
import type { Standing } from '#core/domain/credits/statement.ts';
import { buttonClass } from '../components/button.tsx';
import { ExactCredits, formatDay, formatNumber, useReader } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { Card } from '../components/page.tsx';
import { Table, Td, Th, Tr } from '../components/table.tsx';
import { guarded } from '../guarded.ts';
import { CreditsPage } from './frame.tsx';
import { shown } from './shown.ts';

export const loader = guarded('credits.see', async ({ app, actor, params, brandName }) => {
  const { opening, closing, movements, ...statement } = await app.credits.statement(actor, params['month'] ?? '');
  return {
    ...statement,
    brandName,
    opening: standing(opening),
    closing: standing(closing),
    movements: movements.map(({ type, count, ...changes }) => ({ type, count, ...standing(changes) })),
  };
});

function standing({ balance, inUse, debt }: Standing) {
  return { balance: shown(balance), inUse: shown(inUse), debt: shown(debt) };
}

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [
  { title: `Statement ${loaderData?.month} · ${loaderData?.brandName}` },
];

export default function Statement() {
  const { month, closed, opening, closing, movements, paid, lines, brokenAt } = useLoaderData<typeof loader>();
  const reader = useReader();
  const hasDebt = [opening, closing, ...movements].some(({ debt }) => debt !== 0);
  return (
    <CreditsPage
      title={formatDay(`${month}-01`, reader, 'month')}
      lead={closed ? 'This month is over, so this statement stays as it is.' : 'This month is not over: what is still to come is missing.'}
      actions={
        <a href={`/credits/statements/${month}/statement.csv`} className={buttonClass('plain')} download>
          Download the lines
        </a>
      }
    >
      {brokenAt === null ? (
        <Notice tone="good" title={lines.count === 0 ? 'Nothing moved in this month' : 'Every line follows from the one before'}>
          {lines.count > 0 && (
            <p>
              {formatNumber(lines.count, reader)} {lines.count === 1 ? 'line was' : 'lines were'} added up again just now, from line{' '}
              {lines.first} to line {lines.last} of your journal.
            </p>
          )}
        </Notice>
      ) : (
        <Notice tone="bad" title={`Line ${brokenAt} does not follow from the one before`}>
          This must never be. Please tell us at once, with this page’s address.
        </Notice>
      )}
      <Card flush>
        <div className="-mt-4">
          <Table name="Movements of the month">
            <thead>
              <tr>
                <Th>What</Th>
                <Th numeric>Lines</Th>
                <Th numeric>Balance</Th>
                <Th numeric>Reserved</Th>
                {hasDebt && <Th numeric>Owed</Th>}
              </tr>
            </thead>
            <tbody>
              <Row words="At the beginning" {...opening} hasDebt={hasDebt} strong />
              {movements.map((movement) => (
                <Row key={movement.type} words={transactionWords[movement.type]} {...movement} hasDebt={hasDebt} />
              ))}
              <Row words="At the end" {...closing} hasDebt={hasDebt} strong />
            </tbody>
          </Table>
        </div>
      </Card>
      {paid.length > 0 && <p>Paid for credits in this month: {paid.join(', ')}</p>}
      <HowToCheck />
      <p>
        <Link to="/credits/statements" className="inline-block py-1 text-accent underline underline-offset-2">
          All statements
        </Link>
      </p>
    </CreditsPage>
  );
}

function Row({
  words,
  count,
  balance,
  inUse,
  debt,
  hasDebt,
  strong = false,
}: {
  words: string;
  count?: number;
  balance: number;
  inUse: number;
  debt: number;
  hasDebt: boolean;
  strong?: boolean;
}) {
  const reader = useReader();
  const weight = strong ? 'font-semibold' : '';
  return (
    <Tr>
      <Td className={weight}>{words}</Td>
      <Td numeric className="text-soft">
        {count === undefined ? '' : formatNumber(count, reader)}
      </Td>
      <Td numeric className={weight}>
        <ExactCredits amount={balance} sign={!strong} />
      </Td>
      <Td numeric className={weight}>
        <ExactCredits amount={inUse} sign={!strong} />
      </Td>
      {hasDebt && (
        <Td numeric className={weight}>
          <ExactCredits amount={debt} sign={!strong} />
        </Td>
      )}
    </Tr>
  );
}

function HowToCheck() {
  const { month, closed, fingerprint } = useLoaderData<typeof loader>();
  return (
    <Card title="How to check it" lead={closed ? undefined : 'The fingerprint changes with every line until the month is over.'}>
      <dl>
        <dt className="text-sm text-soft">Fingerprint (SHA-256 of the lines)</dt>
        <dd className="mt-1 rounded-control bg-sunken px-3 py-2 font-mono text-sm break-all">{fingerprint}</dd>
      </dl>
      <ol className="mt-4 list-decimal space-y-2 pl-5">
        <li>Keep this fingerprint, or the file with the lines, where nobody of us can reach it.</li>
        <li>
          Whenever you like, download the lines again and let your computer take their fingerprint:{' '}
          <code className="rounded-control bg-sunken px-1.5 py-0.5 font-mono text-[0.85em] wrap-anywhere">
            sha256sum statement-{month}.csv
          </code>
        </li>
        <li>
          If the two are the same, not one character was changed since. In the file each line tells what moved and what stood there
          afterwards.
        </li>
      </ol>
    </Card>
  );
}
