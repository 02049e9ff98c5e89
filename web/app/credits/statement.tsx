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
      lead={
        closed ? 'This month is closed, so this statement no longer changes.' : 'This month is still open, so this statement may change.'
      }
      actions={
        <a href={`/credits/statements/${month}/statement.csv`} className={buttonClass('plain')} download>
          Download CSV
        </a>
      }
    >
      {brokenAt === null ? (
        <Notice tone="good" title={lines.count === 0 ? 'No transactions this month' : 'Ledger verified'}>
          {lines.count > 0 && (
            <p>
              {formatNumber(lines.count, reader)} {lines.count === 1 ? 'entry was' : 'entries were'} checked just now, from entry{' '}
              {lines.first} to {lines.last} of your ledger.
            </p>
          )}
        </Notice>
      ) : (
        <Notice tone="bad" title={`Ledger entry ${brokenAt} does not match the entry before it`}>
          This should never happen. Please contact us with the address of this page.
        </Notice>
      )}
      <Card flush>
        <div className="-mt-4">
          <Table name="Movements of the month">
            <thead>
              <tr>
                <Th>Type</Th>
                <Th numeric>Entries</Th>
                <Th numeric>Balance</Th>
                <Th numeric>Reserved</Th>
                {hasDebt && <Th numeric>Owed</Th>}
              </tr>
            </thead>
            <tbody>
              <Row words="Opening balance" {...opening} hasDebt={hasDebt} strong />
              {movements.map((movement) => (
                <Row key={movement.type} words={transactionWords[movement.type]} {...movement} hasDebt={hasDebt} />
              ))}
              <Row words="Closing balance" {...closing} hasDebt={hasDebt} strong />
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
    <Card title="Verify this statement" lead={closed ? undefined : 'The fingerprint changes with every entry until the month is closed.'}>
      <dl>
        <dt className="text-sm text-soft">Fingerprint (SHA-256 of the CSV file)</dt>
        <dd className="mt-1 rounded-control bg-sunken px-3 py-2 font-mono text-sm break-all">{fingerprint}</dd>
      </dl>
      <ol className="mt-4 list-decimal space-y-2 pl-5">
        <li>Save this fingerprint, or the CSV file, somewhere we have no access to.</li>
        <li>
          Later, download the CSV file again and compute its fingerprint:{' '}
          <code className="rounded-control bg-sunken px-1.5 py-0.5 font-mono text-[0.85em] wrap-anywhere">
            sha256sum statement-{month}.csv
          </code>
        </li>
        <li>If both are the same, nothing was changed. Each entry in the file has the change and the balance after it.</li>
      </ol>
    </Card>
  );
}
