// What is left to spend, and how more comes.

import { useLoaderData, type MetaFunction } from 'react-router';
import { asNumber, micro } from '#core/domain/credits.ts';
import { Credits } from '../components/format.tsx';
import { Card, Figure, Page } from '../components/page.tsx';
import { guarded } from '../guarded.ts';

export const loader = guarded('credits.see', async ({ app, actor, brandName }) => {
  const { available, inUse, words } = await app.balance(actor);
  return { available: asNumber(micro(available)), inUse: asNumber(micro(inUse)), words, brandName };
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `Credits · ${loaderData?.brandName}` }];

export default function Overview() {
  const { available, inUse, words } = useLoaderData<typeof loader>();
  return (
    <Page title="Credits" width="narrow">
      <Card>
        <dl className="grid gap-6 sm:grid-cols-2">
          <Figure label="Left to spend" value={<Credits amount={available} />} note={words} />
          <Figure label="In use by running tasks" value={<Credits amount={inUse} />} />
        </dl>
      </Card>
      <Card title="Buy credits">
        <p className="text-soft">
          Paying by card is not open yet. Whoever runs this product gives credits: ask them, and say for which team.
        </p>
      </Card>
    </Page>
  );
}
