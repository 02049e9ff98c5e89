// What is left, what it goes into, where it came from, and how more of it comes.

import { ChartColumn, Coins } from 'lucide-react';
import { Link, useLoaderData, type MetaFunction } from 'react-router';
import { may } from '#core/domain/team/permission.ts';
import type { PaymentsView } from '#core/flows/billing/payments.ts';
import { usageBy, usageDays } from '#core/domain/credits/usage.ts';
import { LinkButton } from '../components/button.tsx';
import { Credits, formatDay, formatNumber, Time, useReader } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { Card, Empty, Figure, Page } from '../components/page.tsx';
import { Segmented } from '../components/segmented.tsx';
import { Table, Td, Th, Tr } from '../components/table.tsx';
import { guarded } from '../guarded.ts';
import { useLive } from '../live.tsx';
import { readReader } from '../reader.ts';
import { packNames } from '../texts/buy.ts';
import { buying, byWords, noStartingCredits } from '../texts/credits.ts';
import { standingWords } from '../texts/top-up.ts';
import { CreditsPage } from './frame.tsx';
import { Payments } from './payments.tsx';
import { TransactionTable } from './transaction-table.tsx';
import { chosen, nameOfGroup, shown } from './shown.ts';
import { forTable } from './transaction-row.ts';
import { UsageChart, type ShownUsage } from './usage-chart.tsx';

const NEWEST = 5;

export const loader = guarded('tasks.see', async (visit) => {
  const { app, actor, brandName, url, request, now } = visit;
  const [teams, wallet, withheld, packs] = await Promise.all([
    app.accounts.teamsOf(actor),
    app.credits.balance(actor),
    app.credits.startingCreditsWithheld(actor),
    app.billing.packs(),
  ]);
  const about = {
    brandName,
    team: teams.find(({ teamId }) => teamId === actor.teamId)!.name,
    email: actor.email,
    isOperator: visit.isOperator(visit),
    debt: shown(wallet.debt),
    withheld,
    packs: packs?.packs.map(({ id, credits, price }) => ({ id, credits: shown(credits), price })) ?? null,
  };
  // Whoever runs out of credits is sent here; those who may not look into them learn what there is, and whom to ask.
  if (!may(actor.role, 'credits.see')) return { ...about, inside: null };

  const days = chosen(url.searchParams.get('days'), usageDays, 30);
  const by = chosen(url.searchParams.get('by'), usageBy, 'type');
  const { timeZone } = readReader(request.headers, now);
  const [overview, paid, used, newest] = await Promise.all([
    app.credits.overview(actor),
    app.billing.payments(actor),
    app.credits.usage(actor, { days, by, timeZone }),
    app.credits.transactions(actor, { limit: NEWEST }),
  ]);
  const usage: ShownUsage = {
    ...used,
    groups: used.groups.map((group) => ({
      kind: group.kind,
      name: nameOfGroup(group, by),
      credits: shown(group.credits),
      previous: shown(group.previous),
      tasks: group.tasks,
    })),
    perDay: used.perDay.map((day) => ({ day: day.day, credits: shown(day.credits), tasks: day.tasks, byGroup: day.byGroup.map(shown) })),
    totals: {
      ...used.totals,
      credits: shown(used.totals.credits),
      retried: { ...used.totals.retried, credits: shown(used.totals.retried.credits) },
    },
    previous: { credits: shown(used.previous.credits), tasks: used.previous.tasks },
  };
  return {
    ...about,
    inside: {
      payments: paid.payments.map((payment) => ({ ...payment, credits: shown(payment.credits) })),
      topUp: topUpOf(paid),
      mayBuy: packs !== null && may(actor.role, 'credits.buy'),
      words: overview.words,
      pace: overview.pace && { perDay: shown(overview.pace.perDay), days: overview.pace.days },
      daysLeft: overview.daysLeft,
      typicalTask: { credits: shown(overview.typicalTask.credits), ofTheTeam: overview.typicalTask.ofTheTeam },
      holding: overview.holding.map((task) => ({
        id: task.id,
        title: task.title,
        isThere: task.status !== null,
        credits: shown(task.credits),
        since: task.since,
      })),
      holdingTotal: overview.holdingTotal,
      lots: overview.lots.map((lot) => ({ ...lot, credits: shown(lot.credits), remaining: shown(lot.remaining), inUse: shown(lot.inUse) })),
      lotsTotal: overview.lotsTotal,
      heldBack: overview.heldBack === null ? null : shown(overview.heldBack),
      expiresNext: overview.expiresNext && { at: overview.expiresNext.at, credits: shown(overview.expiresNext.credits) },
      usage,
      newest: newest.map(forTable),
    },
  };
});

function topUpOf({ topUp, topUpOffered }: PaymentsView): 'on' | 'off' | 'trouble' | null {
  if (topUp !== null && topUp !== 'off') return standingWords[topUp].isTrouble ? 'trouble' : 'on';
  return topUpOffered ? 'off' : null;
}

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `Credits · ${loaderData?.brandName}` }];

type Inside = NonNullable<ReturnType<typeof useLoaderData<typeof loader>>['inside']>;

export default function Overview() {
  const { inside, debt, withheld, brandName } = useLoaderData<typeof loader>();
  if (inside === null) return <ForMembers />;
  return (
    <CreditsPage
      title="Credits"
      actions={
        <LinkButton to="/buy" look="main">
          Get credits
        </LinkButton>
      }
    >
      {debt > 0 && (
        <Notice tone="warn" title="Your team owes credits">
          <Credits amount={debt} /> were used before they were removed. New credits pay this debt first.
        </Notice>
      )}
      {inside.heldBack !== null && (
        <Notice tone="warn" title="A payment of your team is disputed">
          <Credits amount={inside.heldBack} /> of that purchase are held back until the bank decides. If the payment stands, they come back.
        </Notice>
      )}
      {inside.payments.some(({ state }) => state === 'pending') && (
        <Notice title="A payment is waiting for your bank">
          Its credits are added as soon as the payment arrives, which can take a few days.
        </Notice>
      )}
      {withheld !== null && (
        <Notice title={noStartingCredits.title}>
          {noStartingCredits.why[withheld]} {noStartingCredits.forward(brandName)}
        </Notice>
      )}
      <Balance {...inside} />
      <Use usage={inside.usage} />
      <div className="grid gap-6 sm:gap-8 lg:grid-cols-2 lg:items-start">
        <Lots {...inside} />
        <div className="space-y-6 sm:space-y-8">
          <Buy />
          {(inside.payments.length > 0 || inside.mayBuy) && <Payments {...inside} />}
        </div>
      </div>
      <Card
        title="Recent transactions"
        flush
        actions={
          <LinkButton to="/credits/transactions" small look="quiet" className="-mx-3.5">
            All transactions
          </LinkButton>
        }
      >
        <TransactionTable name="Newest transactions" rows={inside.newest} />
      </Card>
    </CreditsPage>
  );
}

function Balance({ words, pace, daysLeft, typicalTask, holding, holdingTotal }: Inside) {
  const { available, inUse } = useLive().balance;
  return (
    <Card>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-6 lg:grid-cols-4">
        <Figure label="Available" value={<Credits amount={available} />} note={words} />
        <Figure label="Reserved for tasks" value={<Credits amount={inUse} />} note="Unused credits are returned" />
        <Figure
          label="Daily average"
          value={pace === null ? '–' : <Credits amount={pace.perDay} />}
          note={pace === null ? 'Available after a day of use' : pace.days === 1 ? 'In the last day' : `Over the last ${pace.days} days`}
        />
        <Figure
          label="Runway"
          value={daysLeft === null ? '–' : daysLeft > 365 ? 'Over a year' : daysLeft === 1 ? '1 day' : `${daysLeft} days`}
          note={
            daysLeft === null ? (
              <>
                {typicalTask.ofTheTeam ? 'A task of yours usually costs ' : 'A task usually costs about '}
                <Credits amount={typicalTask.credits} />
              </>
            ) : (
              'At the current pace'
            )
          }
        />
      </dl>
      {holdingTotal > 0 && (
        <details className="mt-5 border-t border-hairline pt-2">
          <summary className="inline-flex min-h-11 items-center rounded-full text-sm font-medium text-accent">
            {holdingTotal === 1 ? 'The task that credits are reserved for' : `The ${holdingTotal} tasks that credits are reserved for`}
          </summary>
          <ul className="divide-y divide-hairline text-sm">
            {holding.map(({ id, title, isThere, credits, since }) => (
              <li key={id} className="flex items-baseline gap-4 py-2">
                <span className="words min-w-0 flex-1 truncate">
                  {isThere ? (
                    <Link to={`/tasks/${id}`} className="text-accent underline underline-offset-2">
                      {title || 'A task'}
                    </Link>
                  ) : (
                    'A task that is gone'
                  )}
                </span>
                <span className="hidden text-soft sm:inline">
                  <Time at={since} style="ago" />
                </span>
                <Credits amount={credits} />
              </li>
            ))}
          </ul>
          {holdingTotal > holding.length && <p className="pt-2 text-sm text-soft">And {holdingTotal - holding.length} more.</p>}
        </details>
      )}
    </Card>
  );
}

function Use({ usage }: { usage: ShownUsage }) {
  const reader = useReader();
  const to = (change: { days?: number; by?: string }) => {
    const { days, by } = { ...usage, ...change };
    return `/credits?days=${days}&by=${by}`;
  };
  const isUsed = usage.totals.tasks + usage.totals.freeTasks > 0;
  return (
    <Card
      title="Usage"
      lead={`${formatDay(usage.from, reader, 'date')} to ${formatDay(usage.to, reader, 'date')}`}
      actions={
        <>
          <Segmented
            name="Days"
            options={usageDays.map((days) => ({ label: `${days} days`, to: to({ days }), chosen: days === usage.days }))}
          />
          <Segmented name="By what" options={usageBy.map((by) => ({ label: byWords[by], to: to({ by }), chosen: by === usage.by }))} />
        </>
      }
    >
      {isUsed ? (
        <UsageChart usage={usage} />
      ) : (
        <Empty
          icon={<ChartColumn />}
          title={`No credits used in ${usage.days} days`}
          actions={
            <LinkButton to="/dashboard" small>
              New request
            </LinkButton>
          }
        >
          Once a task is done, what it took stands here: by day, by person and by where it was asked for.
          {usage.previous.credits > 0 && (
            <>
              {' '}
              In the {usage.days} days before it was <Credits amount={usage.previous.credits} />.
            </>
          )}
        </Empty>
      )}
    </Card>
  );
}

function Lots({ lots, lotsTotal, expiresNext }: Inside) {
  const reader = useReader();
  return (
    <Card
      title="Credit sources"
      lead={
        expiresNext === null ? (
          'They are used in this order.'
        ) : (
          <>
            They are used in this order. The next to expire are {formatNumber(expiresNext.credits, reader)}, on{' '}
            <Time at={expiresNext.at} style="date" />.
          </>
        )
      }
      flush
    >
      {lots.length === 0 ? (
        <Empty icon={<Coins />} title="No credits yet">
          Credits that your team gets or buys appear here, with their expiration dates.
        </Empty>
      ) : (
        <Table name="Where credits come from">
          <thead>
            <tr>
              <Th>From</Th>
              <Th numeric>Left</Th>
              <Th>Expires</Th>
            </tr>
          </thead>
          <tbody>
            {lots.map(({ id, words, remaining, credits, at, expiresAt }) => (
              <Tr key={id}>
                <Td>
                  {words}
                  <span className="block text-soft">
                    <Time at={at} style="date" />
                  </span>
                </Td>
                <Td numeric>
                  <Credits amount={remaining} />
                  <span className="block text-soft">
                    of <Credits amount={credits} />
                  </span>
                </Td>
                <Td>{expiresAt === null ? <span className="text-soft">Never</span> : <Time at={expiresAt} style="date" />}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {lotsTotal > lots.length && <p className="px-6 py-3 text-sm text-soft">And {lotsTotal - lots.length} more.</p>}
    </Card>
  );
}

function Buy() {
  const { brandName, team, email, isOperator, packs } = useLoaderData<typeof loader>();
  if (packs !== null) return <ForSale packs={packs} />;
  return (
    <section
      id="buy"
      aria-labelledby="buy-title"
      className="rounded-card border border-hairline bg-surface p-5 shadow-card sm:px-6 sm:pb-6"
    >
      <h2 id="buy-title" className="text-lg font-semibold">
        {buying.title}
      </h2>
      <p className="mt-3">{buying.today(brandName)}</p>
      <p className="mt-3">
        Your team: <strong className="font-medium wrap-anywhere">{team}</strong>
      </p>
      {isOperator && (
        <p className="mt-3 text-sm">
          {buying.command}{' '}
          <code className="mt-1 block rounded-control bg-sunken px-3 py-2 font-mono text-[0.85em] wrap-anywhere">
            npm run grant -- {email} 100
          </code>
        </p>
      )}
    </section>
  );
}

function ForSale({ packs }: { packs: NonNullable<ReturnType<typeof useLoaderData<typeof loader>>['packs']> }) {
  return (
    <Card title={buying.title} lead={buying.lead}>
      <ul className="divide-y divide-hairline">
        {packs.map(({ id, credits, price }) => (
          <li key={id} className="flex items-center justify-between gap-4 py-1">
            <Link to={`/buy/${id}`} className="inline-flex min-h-11 items-center text-accent underline underline-offset-2">
              {packNames[id]}
            </Link>
            <span className="numbers text-right">
              <Credits amount={credits} /> <span className="text-soft">for {price}</span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function ForMembers() {
  const { debt } = useLoaderData<typeof loader>();
  const { available, inUse, words } = useLive().balance;
  return (
    <Page title="Credits" width="narrow">
      <Card>
        <dl className="grid gap-6 sm:grid-cols-2">
          <Figure label="Available" value={<Credits amount={available} />} note={words} />
          <Figure label="Reserved for tasks" value={<Credits amount={inUse} />} note="Unused credits are returned" />
        </dl>
        {debt > 0 && (
          <p className="mt-5">
            Your team owes <Credits amount={debt} />. What comes next pays them first.
          </p>
        )}
      </Card>
      <Notice title="Who manages credits">
        Owners, admins, and billing managers of your team buy credits and set limits. <Link to="/team">View members</Link>
      </Notice>
    </Page>
  );
}
