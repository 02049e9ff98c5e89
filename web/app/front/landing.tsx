// What this is, how it looks, what it costs, and where to begin.

import { Check, FileSpreadsheet, Hash, MessageCircle, MonitorSmartphone } from 'lucide-react';
import type { ReactNode } from 'react';
import { useLoaderData, type MetaFunction } from 'react-router';
import { agentTypes, type AgentType } from '#core/domain/tasks/agent-type.ts';
import { asNumber } from '#core/domain/credits/credits.ts';
import { EXAMPLE } from '#core/domain/asks/example.ts';
import { priced } from '#core/domain/asks/examples.ts';
import { rateOf } from '#core/domain/credits/rates.ts';
import { buttonClass, LinkButton } from '../components/button.tsx';
import { formatNumber, useBrand, useReader } from '../components/format.tsx';
import { open } from '../guarded.ts';
import { kinds, landing as words } from '../texts/front.ts';

export const loader = open(async ({ app, brandName, startingCredits, sandboxPages, installs }) => ({
  brandName,
  installs,
  isSelling: (await app.billing.packs()) !== null,
  startingCredits,
  sandboxPages,
  prices: agentTypes.map((type) => ({ type, ...priceOf(type) })),
  example: example(),
}));

/** A task as the thread shows it, at today's price. */
function example() {
  const { high, low } = priced(EXAMPLE);
  const [most, usual] = [asNumber(high), asNumber(low)];
  const used = Math.ceil((most + usual) / 2);
  return { usual, most, used };
}

function priceOf(type: AgentType): { per: string; from: number; to: number } {
  const rate = rateOf(type);
  return rate.unit === null
    ? { per: 'task', from: asNumber(rate.minimum), to: asNumber(rate.maximum) }
    : { per: rate.unit.singular, from: asNumber(rate.perUnit), to: asNumber(rate.perUnit) };
}

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [
  { title: `${loaderData?.brandName}: ${words.title.toLowerCase()}` },
  { name: 'description', content: words.lead },
];

export default function Landing() {
  const { isSelling, startingCredits, sandboxPages } = useLoaderData<typeof loader>();
  return (
    <div className="mx-auto max-w-6xl px-4 sm:px-6">
      <section className="grid items-center gap-12 py-12 sm:py-20 lg:grid-cols-2">
        <div>
          <h1 className="text-4xl font-semibold sm:text-5xl sm:leading-[1.08]">{words.title}</h1>
          <p className="mt-5 text-lg text-soft">{words.lead}</p>
          <div className="mt-8 flex flex-wrap gap-3">
            <LinkButton to="/signup" look="main">
              Get started
            </LinkButton>
            {isSelling && <LinkButton to="/buy">Buy credits</LinkButton>}
          </div>
          <p className="mt-4 text-sm text-soft">{startingCredits > 0 ? words.free(startingCredits) : words.noFree}</p>
        </div>
        <Thread />
      </section>

      <ul className="grid gap-4 pb-16 sm:grid-cols-2 lg:grid-cols-4">
        {words.promises.map(([title, text]) => (
          <li key={title} className="rounded-card border border-hairline bg-surface p-5 shadow-card">
            <Check aria-hidden className="size-5 text-good" />
            <h2 className="mt-3 font-semibold">{title}</h2>
            <p className="mt-1 text-sm text-soft">{text}</p>
          </li>
        ))}
      </ul>

      <section className="grid gap-8 border-t border-hairline py-16 lg:grid-cols-[2fr_3fr]" aria-labelledby="prices">
        <div>
          <h2 id="prices" className="text-2xl font-semibold">
            {words.prices}
          </h2>
          <p className="mt-2 text-soft">{words.pricesLead}</p>
        </div>
        <Prices />
      </section>

      <section className="border-t border-hairline py-16" aria-labelledby="places">
        <h2 id="places" className="text-2xl font-semibold">
          {words.places}
        </h2>
        <p className="mt-2 max-w-2xl text-soft">{words.placesLead}</p>
        <div className="mt-8 grid gap-4 md:grid-cols-3">
          <Place icon={<Hash />} words={words.slack} action={<Chat platform="slack" />} />
          <Place icon={<MessageCircle />} words={words.discord} action={<Chat platform="discord" />} />
          <Place
            icon={<MonitorSmartphone />}
            words={words.portal}
            action={
              <LinkButton to="/signup" small>
                Sign up
              </LinkButton>
            }
          />
        </div>
      </section>

      {sandboxPages.length > 0 && (
        <section className="words border-t border-hairline py-10 text-sm text-soft" aria-labelledby="sandbox">
          <h2 id="sandbox" className="font-medium text-ink">
            Sandboxes
          </h2>
          <p className="mt-1">
            Services that are not configured are simulated on this machine:{' '}
            {sandboxPages.map(({ title, path }, i) => (
              <span key={path}>
                {i > 0 && ', '}
                <a href={path}>{title}</a>
              </span>
            ))}
            .
          </p>
        </section>
      )}
    </div>
  );
}

function Prices() {
  const { prices } = useLoaderData<typeof loader>();
  const reader = useReader();
  return (
    <dl className="divide-y divide-hairline rounded-card border border-hairline bg-surface shadow-card">
      {prices.map(({ type, per, from, to }) => (
        <div key={type} className="flex items-baseline justify-between gap-4 px-5 py-3">
          <dt>{kinds[type]}</dt>
          <dd suppressHydrationWarning className="numbers text-right whitespace-nowrap text-soft">
            <span className="font-medium text-ink">
              {formatNumber(from, reader)}
              {to !== from && `–${formatNumber(to, reader)}`}
            </span>{' '}
            {from === 1 && to === 1 ? 'credit' : 'credits'} per {per}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Place({ icon, words: [title, text], action }: { icon: ReactNode; words: readonly [string, string]; action: ReactNode }) {
  return (
    <div className="flex flex-col rounded-card border border-hairline bg-surface p-5 shadow-card">
      <span aria-hidden className="text-accent">
        {icon}
      </span>
      <h3 className="mt-3 font-semibold">{title}</h3>
      <p className="mt-1 flex-1 text-sm text-soft">{text}</p>
      <div className="mt-4 empty:hidden">{action}</div>
    </div>
  );
}

/** Where the app is added to a workspace, else where its sandbox is. A button that leads nowhere is worse than none. */
function Chat({ platform }: { platform: string }) {
  const { installs, sandboxPages } = useLoaderData<typeof loader>();
  const install = installs.find((each) => each.platform === platform);
  const sandbox = sandboxPages.find(({ path }) => path === `/sandbox/${platform}`);
  const leads = install ?? (sandbox && { title: words.trySandbox, path: sandbox.path });
  return leads === undefined ? null : (
    <a href={leads.path} className={buttonClass('plain', true)}>
      {leads.title}
    </a>
  );
}

/** How it looks in a thread. */
function Thread() {
  const brand = useBrand();
  const { usual, most, used } = useLoaderData<typeof loader>().example;
  return (
    <figure aria-label="An example of a thread" className="rounded-card border border-hairline bg-surface p-5 shadow-raised sm:p-6">
      <Said by="Olga" initial="O">
        <p>
          <span className="rounded bg-accent-wash px-1 text-accent">@{brand.toLowerCase()}</span> {EXAMPLE}
        </p>
      </Said>
      <Said by={brand} initial={brand.slice(0, 1)} ours>
        <p className="font-medium">On it</p>
        <p className="text-soft">Quantity: {most} leads</p>
        <p className="text-soft">
          Estimate: about {usual}, at most {most} credits
        </p>
        <p className="text-soft">Reserved: {most} credits</p>
      </Said>
      <Said by={brand} initial={brand.slice(0, 1)} ours>
        <p className="font-medium">Done: {used} leads</p>
        <p className="mt-2 inline-flex max-w-full items-center gap-2 rounded-control border border-hairline px-3 py-2">
          <FileSpreadsheet aria-hidden className="size-5 shrink-0 text-good" />
          <span className="truncate">leads.csv</span>
          <span className="whitespace-nowrap text-soft">4 kB</span>
        </p>
        <p className="mt-2 text-soft">
          {used} credits used, {most - used} returned.
        </p>
      </Said>
    </figure>
  );
}

function Said({ by, initial, ours = false, children }: { by: string; initial: string; ours?: boolean; children: ReactNode }) {
  return (
    <div className="flex gap-3 py-3 text-sm">
      <span
        aria-hidden
        className={`grid size-9 shrink-0 place-items-center rounded-control font-semibold ${ours ? 'bg-accent text-on-accent' : 'bg-sunken text-ink'}`}
      >
        {initial}
      </span>
      <div className="min-w-0">
        <p className="font-semibold">{by}</p>
        {children}
      </div>
    </div>
  );
}
