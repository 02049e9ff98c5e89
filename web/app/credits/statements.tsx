// The months that can be checked.

import { Link, useLoaderData, type MetaFunction } from 'react-router';
import { formatDay, useReader } from '../components/format.tsx';
import { Card } from '../components/page.tsx';
import { Tag } from '../components/tag.tsx';
import { guarded } from '../guarded.ts';
import { CreditsPage } from './frame.tsx';

export const loader = guarded('credits.see', async ({ app, actor, brandName }) => ({
  brandName,
  months: await app.credits.statementMonths(actor),
}));

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `Statements · ${loaderData?.brandName}` }];

export default function Statements() {
  const { months } = useLoaderData<typeof loader>();
  const reader = useReader();
  return (
    <CreditsPage
      title="Statements"
      lead="Opening balance, transactions, and closing balance for each month, with a fingerprint that reveals any later change."
    >
      <Card flush>
        <ul className="-mt-4 divide-y divide-hairline">
          {months.map((month, i) => (
            <li key={month}>
              <Link
                to={`/credits/statements/${month}`}
                className="flex min-h-14 items-center justify-between gap-4 px-5 hover:bg-sunken sm:px-6"
              >
                <span suppressHydrationWarning className="font-medium">
                  {formatDay(`${month}-01`, reader, 'month')}
                </span>
                {i === 0 ? <Tag tone="accent">Open</Tag> : <Tag>Closed</Tag>}
              </Link>
            </li>
          ))}
        </ul>
      </Card>
      <p className="text-sm text-soft">Months start and end in UTC.</p>
    </CreditsPage>
  );
}
