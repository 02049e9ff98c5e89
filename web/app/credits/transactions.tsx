// Every line of the journal: chosen, page by page, or all of it as a file.

import { ReceiptText } from 'lucide-react';
import { Form, useLoaderData, type MetaFunction } from 'react-router';
import { transactionWords } from '#core/domain/credits/say-transaction.ts';
import { transactionTypes } from '#core/domain/credits/transaction.ts';
import { Button, buttonClass, LinkButton } from '../components/button.tsx';
import { SelectField, TextField } from '../components/field.tsx';
import { Card, Empty } from '../components/page.tsx';
import { Pager } from '../components/pager.tsx';
import { guarded } from '../guarded.ts';
import { readReader } from '../reader.ts';
import { CreditsPage } from './frame.tsx';
import { queryFor, readQuery, searchFor } from './query.ts';
import { forTable } from './transaction-row.ts';
import { TransactionTable } from './transaction-table.tsx';

const ROWS = 50;

export const loader = guarded('credits.see', async ({ app, actor, url, request, now, brandName }) => {
  const query = readQuery(url.searchParams);
  const { timeZone } = readReader(request.headers, now);
  const before = /^\d{1,15}$/.exec(url.searchParams.get('before') ?? '')?.[0];
  const [lines, subjects] = await Promise.all([
    // One more than shown tells whether there is another page.
    app.credits.transactions(actor, {
      ...queryFor(query, timeZone),
      limit: ROWS + 1,
      ...(before !== undefined && { before: Number(before) }),
    }),
    app.credits.limitSubjects(actor),
  ]);
  const rows = lines.slice(0, ROWS).map(forTable);
  return {
    brandName,
    query,
    people: subjects.flatMap(({ kind, id, name }) => (kind === 'member' ? [{ id, name }] : [])),
    rows,
    first: before === undefined ? null : `/credits/transactions${searchFor(query)}`,
    next: lines.length > ROWS ? `/credits/transactions${searchFor(query, { before: String(rows.at(-1)!.line) })}` : null,
    file: `/credits/transactions.csv${searchFor(query)}`,
  };
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `Transactions · ${loaderData?.brandName}` }];

export default function Transactions() {
  const { query, people, rows, first, next, file } = useLoaderData<typeof loader>();
  const isChosen = searchFor(query) !== '';
  return (
    <CreditsPage
      title="Transactions"
      lead="Every movement of your team’s credits, newest first."
      actions={
        // A file, not a page: the browser fetches it itself.
        <a href={file} className={buttonClass('plain')} download>
          Download as CSV
        </a>
      }
    >
      <Form method="get" key={searchFor(query)} className="grid grid-cols-2 gap-4 lg:grid-cols-[repeat(4,minmax(0,1fr))_auto]">
        <SelectField label="Type" name="type" defaultValue={query.type}>
          <option value="">Everything</option>
          {transactionTypes.map((type) => (
            <option key={type} value={type}>
              {transactionWords[type]}
            </option>
          ))}
        </SelectField>
        <SelectField label="Person" name="person" defaultValue={query.person}>
          <option value="">Everybody’s</option>
          {people.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
          {query.person !== '' && people.every(({ id }) => id !== query.person) && <option value={query.person}>Someone else</option>}
        </SelectField>
        <TextField label="From" name="from" type="date" defaultValue={query.from} />
        <TextField label="To" name="to" type="date" defaultValue={query.to} />
        <div className="flex items-end gap-2">
          <Button>Show</Button>
          {isChosen && (
            <LinkButton to="/credits/transactions" look="quiet">
              All
            </LinkButton>
          )}
        </div>
      </Form>
      <Card flush>
        {rows.length === 0 ? (
          <Empty icon={<ReceiptText />} title={isChosen ? 'No matching transactions' : 'No more transactions'}>
            {isChosen ? 'Try other dates, another person, or clear the filters.' : 'There are no older transactions.'}
          </Empty>
        ) : (
          <TransactionTable name="Transactions" rows={rows} />
        )}
        <Pager first={first} next={next} />
      </Card>
    </CreditsPage>
  );
}
