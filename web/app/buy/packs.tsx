// What is for sale.

import { useLoaderData, type MetaFunction } from 'react-router';
import { TYPICAL_RESEARCH, perLead } from './enough.ts';
import { LinkButton } from '../components/button.tsx';
import { Credits, formatNumber, useReader } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import { Segmented } from '../components/segmented.tsx';
import { Tag } from '../components/tag.tsx';
import { shown } from '../credits/shown.ts';
import { open } from '../guarded.ts';
import { buyWords as words, packNames } from '../texts/buy.ts';

export const loader = open(async ({ app, url, brandName }) => {
  const sold = await app.billing.packs(url.searchParams.get('currency'));
  return {
    brandName,
    currency: sold?.currency ?? null,
    currencies: sold?.currencies ?? [],
    packs: sold?.packs.map(({ credits, bonus, ...pack }) => ({ ...pack, credits: shown(credits), bonus: shown(bonus) })) ?? null,
  };
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [
  { title: `${words.title} · ${loaderData?.brandName}` },
  { name: 'description', content: words.description },
];

export default function Packs() {
  const { packs, currency, currencies, brandName } = useLoaderData<typeof loader>();
  if (packs === null)
    return (
      <Page title={words.title} width="narrow">
        <Notice title={words.off}>{words.offThen(brandName)}</Notice>
      </Page>
    );
  return (
    <Page
      title={words.title}
      lead={words.lead}
      {...(currencies.length > 1 && {
        actions: (
          <Segmented
            name="Currency"
            options={currencies.map((each) => ({ label: each.toUpperCase(), to: `/buy?currency=${each}`, chosen: each === currency }))}
          />
        ),
      })}
    >
      <ul className="grid gap-4 sm:gap-6 md:grid-cols-3">
        {packs.map((pack) => (
          <PackCard key={pack.id} {...pack} to={currency === currencies[0] ? `/buy/${pack.id}` : `/buy/${pack.id}?currency=${currency}`} />
        ))}
      </ul>
      <p className="text-sm text-soft">{words.tax}</p>
    </Page>
  );
}

type Packed = NonNullable<ReturnType<typeof useLoaderData<typeof loader>>['packs']>[number];

function PackCard({ id, credits, bonus, price, perHundred, to }: Packed & { to: string }) {
  const reader = useReader();
  const leads = formatNumber(Math.floor(credits / perLead), reader);
  const tasks = formatNumber(Math.floor(credits / TYPICAL_RESEARCH), reader);
  return (
    <li className="flex flex-col rounded-card border border-hairline bg-surface p-5 shadow-card sm:p-6">
      <div className="flex min-h-7 items-center justify-between gap-3">
        <h2 className="text-lg font-semibold">{packNames[id]}</h2>
        {bonus > 0 && <Tag tone="good">{words.bonus(formatNumber(bonus, reader))}</Tag>}
      </div>
      <p className="mt-4 text-3xl font-semibold">
        <Credits amount={credits} /> <span className="text-base font-normal text-soft">credits</span>
      </p>
      <p className="numbers mt-1 text-lg">{price}</p>
      <p className="numbers text-sm text-soft">{words.per(perHundred)}</p>
      <p suppressHydrationWarning className="mt-4 flex-1 text-sm text-soft">
        {words.enough(leads, tasks)}
      </p>
      <LinkButton to={to} look={id === words.recommended ? 'main' : 'plain'} className="mt-5">
        {words.choose(packNames[id])}
      </LinkButton>
    </li>
  );
}
