// Payments that somebody has to look at: where Stripe and we differ, what was paid and not credited, and events that fail.

import { CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, redirect, useLoaderData } from 'react-router';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button } from '../components/button.tsx';
import { Form } from '../components/form.tsx';
import { Credits, Time } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { Card, Empty } from '../components/page.tsx';
import { Tag } from '../components/tag.tsx';
import { shown } from '../credits/shown.ts';
import { attempt, operators, readForm } from '../guarded.ts';
import { operatorWords as common, paymentWords as words } from '../texts/operator.ts';
import { OperatorPage, titled } from './nav.tsx';

export const loader = operators(async ({ app, actor, brandName }) => {
  const { undecided, ...billing } = await app.operator.billing(actor);
  return { brandName, ...billing, undecided: undecided.map((each) => ({ ...each, credits: shown(each.credits) })) };
});

export const action = operators(async (visit) => {
  const { app, actor, request } = visit;
  const { intent, text } = await readForm(request);
  return attempt(visit, intent, async () => {
    if (intent.split(' ')[0] !== 'close') throw refuse('request.malformed');
    await app.operator.closeEvent(actor, text('id'));
    return redirect('/operator/billing?done=closed');
  });
});

export const meta = titled(common.payments);

export default function Billing() {
  const { isOn, comparedAt, differences, undecided, events, failedTopUps } = useLoaderData<typeof loader>();
  const isFine = differences.length + undecided.length + events.length + failedTopUps.length === 0;
  return (
    <OperatorPage title={common.payments} lead={words.lead}>
      {!isOn ? (
        <Notice title={words.off} />
      ) : (
        <p className="text-sm text-soft">
          {comparedAt === null ? (
            words.neverCompared
          ) : (
            <>
              {words.compared} <Time at={comparedAt} style="ago" />
            </>
          )}
        </p>
      )}
      {isFine ? (
        <Card flush>
          <Empty icon={<CircleCheck />} title={words.fine}>
            {words.fineLead}
          </Empty>
        </Card>
      ) : (
        <>
          <Section title={words.undecided} lead={words.undecidedLead} items={undecided}>
            {({ id, checkoutId, teamId, why, credits, at }) => (
              <Line key={id} name={checkoutId ?? id} tag={why} at={at}>
                <Credits amount={credits} /> credits{teamId !== null && <TeamLink teamId={teamId} />}
              </Line>
            )}
          </Section>
          <Section title={words.differences} lead={words.differencesLead} items={differences}>
            {({ key, what, rounds, since }) => (
              <Line key={key} name={key} tag={what} at={since}>
                {words.rounds(rounds)}
              </Line>
            )}
          </Section>
          <Section title={words.events} lead={words.eventsLead} items={events}>
            {({ id, kind, objectId, tries, trouble, at }) => (
              <Line key={id} name={kind} tag={trouble ?? words.inHand} at={at}>
                {words.tries(tries)}
                {objectId !== null && <span className="font-mono text-xs">, {objectId}</span>}
                <Form intent={`close ${id}`} className="mt-3">
                  <input type="hidden" name="id" value={id} />
                  <Button small>{words.close}</Button>
                </Form>
              </Line>
            )}
          </Section>
          <Section title={words.topUps} lead={words.topUpsLead} items={failedTopUps}>
            {({ id, teamId, money, why, at }) => (
              <Line key={id} name={id} tag={why} at={at}>
                {money}
                <TeamLink teamId={teamId} />
              </Line>
            )}
          </Section>
        </>
      )}
    </OperatorPage>
  );
}

function Section<Item>({
  title,
  lead,
  items,
  children,
}: {
  title: string;
  lead: string;
  items: readonly Item[];
  children: (item: Item) => ReactNode;
}) {
  if (items.length === 0) return null;
  return (
    <Card title={title} lead={lead} flush>
      <ul className="divide-y divide-hairline">{items.map(children)}</ul>
    </Card>
  );
}

function Line({ name, tag, at, children }: { name: string; tag: string; at: string; children: ReactNode }) {
  return (
    <li className="px-5 py-4 sm:px-6">
      <h3 className="flex flex-wrap items-center gap-2 font-mono text-sm wrap-anywhere">
        {name} <Tag tone="warn">{tag}</Tag>
      </h3>
      <div className="mt-1 text-sm text-soft wrap-anywhere">
        <Time at={at} />, {children}
      </div>
    </li>
  );
}

function TeamLink({ teamId }: { teamId: string }) {
  return (
    <>
      , <Link to={`/operator/teams/${teamId}`}>its team</Link>
    </>
  );
}
