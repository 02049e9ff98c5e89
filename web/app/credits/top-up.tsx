// Auto top-up: how it stands, the card it charges, and the form that turns it on with an explicit yes.

import { redirect, useLoaderData, type MetaFunction } from 'react-router';
import { micro, plainCredits } from '#core/domain/credits/credits.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { Checkbox, SelectField, TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { formatNumber, useReader } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { Card } from '../components/page.tsx';
import { attempt, guarded, readForm } from '../guarded.ts';
import { packNames } from '../texts/buy.ts';
import { standingWords, topUpWords as words } from '../texts/top-up.ts';
import { wordFor } from '../word-for.ts';
import { CreditsPage } from './frame.tsx';
import { shown } from './shown.ts';

const HERE = '/credits/top-up';

export const loader = guarded('credits.buy', async ({ app, actor, brandName, url }) => {
  const { agreed, packs, numbers, ...view } = await app.billing.topUp(actor);
  return {
    brandName,
    said: wordFor(words.done, url.searchParams.get('done')),
    ...view,
    packs: packs.map(({ id, credits, price }) => ({ id, credits: shown(credits), price })),
    numbers: { ...numbers, below: numbers.below === null ? '' : plainCredits(micro(numbers.below)) },
    agreed: agreed && { ...agreed, below: shown(agreed.below) },
  };
});

export const action = guarded('credits.buy', async (visit) => {
  const { app, actor, request } = visit;
  const { intent, text } = await readForm(request);
  return attempt(visit, intent, async () => {
    switch (intent) {
      case 'portal':
        return redirect((await app.billing.portal(actor, text('back') === '/credits' ? '/credits' : HERE)).url);
      case 'off':
        await app.billing.endTopUp(actor);
        return redirect(`${HERE}?done=off`);
      case 'on':
        await app.billing.setTopUp(actor, {
          below: text('below'),
          pack: text('pack'),
          monthlyCap: text('monthlyCap'),
          dailyMost: text('dailyMost'),
          pauseMinutes: text('pauseMinutes'),
          prices: text('prices'),
          agreed: text('agreed') !== '',
        });
        return redirect(`${HERE}?done=on`);
      default:
        throw refuse('request.malformed');
    }
  });
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `${words.title} · ${loaderData?.brandName}` }];

export default function TopUp() {
  const { offered, said, agreed, card, numbers } = useLoaderData<typeof loader>();
  const isOn = agreed !== null && agreed.standing !== 'off';
  return (
    <CreditsPage title={words.title} lead={words.lead}>
      {said !== null && (
        <Notice tone="good" live>
          {said}
        </Notice>
      )}
      {isOn && <Standing />}
      {offered ? (
        <>
          <SavedCard />
          {/* Once saved it is drawn anew: a change needs a yes of its own. */}
          {card !== null && <Settings key={JSON.stringify({ isOn, ...numbers })} isOn={isOn} />}
        </>
      ) : (
        <Notice title={words.off}>{words.offThen}</Notice>
      )}
    </CreditsPage>
  );
}

function Standing() {
  const reader = useReader();
  const agreed = useLoaderData<typeof loader>().agreed!;
  const { title, words: told, isTrouble } = standingWords[agreed.standing];
  return (
    <Card title={title}>
      {told !== null && <p>{told}</p>}
      <p className={told === null ? '' : 'mt-3'}>{words.now(agreed.price, formatNumber(agreed.below, reader), agreed.cap)}</p>
      <p className="mt-1 text-sm text-soft">{words.charged(agreed.charged, agreed.cap)}</p>
      <div className="mt-5 flex flex-wrap gap-3">
        {isTrouble && (
          <LinkButton to={`/buy/${agreed.pack}`} look="main">
            Buy credits now
          </LinkButton>
        )}
        <Form intent="off" action={HERE}>
          <Button look="danger">{words.turnOff}</Button>
        </Form>
      </div>
    </Card>
  );
}

function SavedCard() {
  const { card } = useLoaderData<typeof loader>();
  return (
    <Card title={words.card}>
      {card === 'unclear' ? (
        <p>{words.unclear}</p>
      ) : card === null ? (
        <p>{words.noCard}</p>
      ) : (
        <p>
          {words.cardOf(card.brand, card.last4)}
          <span className="block text-sm text-soft">{words.expires(card.expires)}</span>
        </p>
      )}
      {/* The next page is at Stripe, so the browser itself goes there. */}
      <Form intent="portal" action={HERE} reloadDocument className="mt-4">
        <Button look={card === null ? 'main' : 'plain'}>{card === null ? words.saveCard : words.manageCards}</Button>
      </Form>
    </Card>
  );
}

function Settings({ isOn }: { isOn: boolean }) {
  const { currency, packs, prices, pauses, dailyMost, numbers } = useLoaderData<typeof loader>();
  const reader = useReader();
  const problem = useProblem('on');
  const wrong = problem?.fields ?? {};
  return (
    <Card title={words.settings}>
      <Form intent="on" action={HERE} className="grid gap-5 sm:grid-cols-2">
        <input type="hidden" name="prices" value={prices} />
        <TextField
          label={words.below}
          name="below"
          inputMode="decimal"
          autoComplete="off"
          required
          pattern="\d{1,10}(\.\d{1,6})?"
          title="Such as 100"
          defaultValue={numbers.below}
          hint={words.belowHint}
          error={wrong['below']}
        />
        <SelectField label={words.pack} name="pack" defaultValue={numbers.pack} error={wrong['pack']}>
          {packs.map(({ id, credits, price }) => (
            <option key={id} value={id}>
              {packNames[id]}: {formatNumber(credits, reader)} credits for {price}
            </option>
          ))}
        </SelectField>
        <TextField
          label={words.cap(currency)}
          name="monthlyCap"
          inputMode="numeric"
          autoComplete="off"
          required
          pattern="\d{1,7}"
          title="Such as 500"
          defaultValue={numbers.monthlyCap ?? ''}
          hint={words.capHint}
          error={wrong['monthlyCap']}
        />
        <SelectField label={words.daily} name="dailyMost" defaultValue={String(numbers.daily)} error={wrong['dailyMost']}>
          {Array.from({ length: dailyMost }, (_, n) => (
            <option key={n} value={n + 1}>
              {n + 1}
            </option>
          ))}
        </SelectField>
        <SelectField label={words.pause} name="pauseMinutes" defaultValue={String(numbers.pauseMinutes)} error={wrong['pauseMinutes']}>
          {pauses.map((minutes) => (
            <option key={minutes} value={minutes}>
              {words.minutes(minutes)}
            </option>
          ))}
        </SelectField>
        <div className="sm:col-span-2">
          <Checkbox name="agreed" label={words.agree} hint={words.agreeHint} required />
          {wrong['agreed'] !== undefined && (
            <p role="alert" tabIndex={-1} className="mt-1.5 text-sm text-bad">
              {wrong['agreed']}
            </p>
          )}
        </div>
        <div className="sm:col-span-2">
          <Button look="main" intent="on" busyWords="Saving…">
            {isOn ? words.save : words.turnOn}
          </Button>
        </div>
      </Form>
    </Card>
  );
}
