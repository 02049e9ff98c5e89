// One pack: what it brings, to whom, and on which terms. Its form opens the checkout, where people pay.

import type { ReactNode } from 'react';
import { Link, redirect, useLoaderData, type MetaFunction } from 'react-router';
import { Button, LinkButton } from '../components/button.tsx';
import { Checkbox } from '../components/field.tsx';
import { Form } from '../components/form.tsx';
import { Credits, formatNumber, useReader } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { Card, Page } from '../components/page.tsx';
import { shown } from '../credits/shown.ts';
import { attempt, open, readForm } from '../guarded.ts';
import { buyWords, packWords as words } from '../texts/buy.ts';

export const loader = open(async ({ app, who, params, url, brandName }) => {
  if ((await app.billing.packs()) === null) throw redirect('/buy');
  const person = await who();
  const { pack, ...page } = await app.billing.pack(person?.actor ?? null, params['pack'] ?? '', url.searchParams.get('currency'));
  return { brandName, ...page, pack: { ...pack, credits: shown(pack.credits), bonus: shown(pack.bonus) } };
});

export const action = open(async (visit) => {
  const { app, who, params, request, caller } = visit;
  const { intent, text } = await readForm(request);
  const pack = params['pack'] ?? '';
  const currency = text('currency');
  return attempt(visit, intent, async () => {
    const person = await who();
    const { url } =
      person === null
        ? await app.billing.buyAsStranger({ pack, currency, caller })
        : await app.billing.buy(person.actor, { pack, currency, saveCard: text('save') !== '' });
    return redirect(url);
  });
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `${buyWords.title} · ${loaderData?.brandName}` }];

export default function Pack() {
  const { pack, currency, team, savesCards, sellsToStrangers, terms } = useLoaderData<typeof loader>();
  const reader = useReader();
  const logIn = `/login?next=${encodeURIComponent(`/buy/${pack.id}?currency=${currency}`)}`;
  return (
    <Page title={words.title(formatNumber(pack.credits, reader))} width="narrow">
      <Card>
        <dl className="divide-y divide-hairline">
          <Fact name="Credits">
            <Credits amount={pack.credits} />
            {pack.bonus > 0 && <span className="text-soft"> · {buyWords.included(formatNumber(pack.bonus, reader))}</span>}
          </Fact>
          <Fact name="Price">
            <span className="numbers">{pack.price}</span>
            <span className="block text-sm text-soft">{buyWords.tax}</span>
          </Fact>
          <Fact name="For">{team === null ? words.newAccount : team.name}</Fact>
        </dl>
        {team === null && sellsToStrangers && (
          <p className="mt-2">
            <Link to={logIn} className="inline-flex min-h-11 items-center text-accent underline underline-offset-2">
              {words.logIn}
            </Link>
          </p>
        )}
        {team === null && !sellsToStrangers ? (
          <LinkButton to={logIn} look="main" className="mt-5">
            {words.logInFirst}
          </LinkButton>
        ) : team?.mayBuy === false ? (
          <Notice tone="warn" title={words.notYou} className="mt-5">
            {team.ask.length === 0 ? words.askSomebody : words.askOne(team.ask)}
          </Notice>
        ) : (
          // The next page is at Stripe, so the browser itself goes there.
          <Form intent="buy" reloadDocument className="mt-5">
            <input type="hidden" name="currency" value={currency} />
            {team !== null && savesCards && <Checkbox name="save" label={words.save} hint={words.saveHint} className="mb-5" />}
            <Button look="main" className="w-full sm:w-auto">
              {words.pay}
            </Button>
            <p className="mt-3 text-sm text-soft">
              {words.agree}{' '}
              <Link to="/terms" className="text-accent underline underline-offset-2">
                terms
              </Link>
              .
            </p>
          </Form>
        )}
      </Card>
      <Card title="What you agree to">
        <ul className="list-disc space-y-1.5 pl-5 text-sm">
          {terms.map((term) => (
            <li key={term}>{term}</li>
          ))}
        </ul>
      </Card>
      <p>
        <Link to={`/buy?currency=${currency}`} className="inline-flex min-h-11 items-center text-accent underline underline-offset-2">
          All packs
        </Link>
      </p>
    </Page>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-4 py-3">
      <dt className="w-20 shrink-0 text-soft">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </div>
  );
}
