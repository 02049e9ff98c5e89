// Lines of the journal, newest first. On a narrow screen time and person stand below what happened, so that the numbers stay
// in sight.

import { Link } from 'react-router';
import { ExactCredits, Time } from '../components/format.tsx';
import { Table, Td, Th, Tr } from '../components/table.tsx';
import type { TransactionRow } from './transaction-row.ts';

export function TransactionTable({ name, rows }: { name: string; rows: readonly TransactionRow[] }) {
  return (
    <Table name={name}>
      <thead>
        <tr>
          <Th className="hidden sm:table-cell">When</Th>
          <Th>Type</Th>
          <Th className="hidden sm:table-cell">Who</Th>
          <Th numeric>Reserved</Th>
          <Th numeric>Credits</Th>
          <Th numeric>Balance</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ line, at, words, detail, task, who, amount, setAside, balance, debt }) => (
          <Tr key={line}>
            <Td className="hidden text-soft sm:table-cell">
              <Time at={at} />
            </Td>
            <Td className="min-w-40 sm:min-w-56">
              <span className="font-medium">{words}</span>
              {task !== null && (
                <span className="words block wrap-anywhere">
                  <Link to={`/tasks/${task.id}`} className="-my-0.5 inline-block py-0.5 text-accent underline underline-offset-2">
                    {task.title || 'A task'}
                  </Link>
                </span>
              )}
              {detail !== null && <span className="block text-soft wrap-anywhere">{detail}</span>}
              <span className="block text-soft wrap-anywhere sm:hidden">
                {who !== null && <span className="block">{who}</span>}
                <Time at={at} />
              </span>
            </Td>
            <Td className="hidden max-w-40 wrap-anywhere sm:table-cell">{who ?? <span className="text-soft">–</span>}</Td>
            <Td numeric className="text-soft">
              {setAside === 0 ? '–' : <ExactCredits amount={setAside} sign />}
            </Td>
            <Td numeric className="font-medium">
              {amount === 0 ? <span className="font-normal text-soft">–</span> : <ExactCredits amount={amount} sign />}
            </Td>
            <Td numeric>
              <ExactCredits amount={balance} />
              {debt > 0 && (
                <span className="block text-soft">
                  owes <ExactCredits amount={debt} />
                </span>
              )}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
