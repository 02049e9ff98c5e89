// Who may spend what: the limits there are with what is left of them, and the form that sets one.

import { Gauge } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { redirect, useLoaderData, useLocation, type MetaFunction } from 'react-router';
import { amountOf, readCredits } from '#core/domain/credits/credits.ts';
import { limitPeriods, type LimitKind, type LimitView } from '#core/domain/credits/limit.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { may } from '#core/domain/team/permission.ts';
import type { LimitWanted } from '#core/flows/credits/views.ts';
import { Button } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { SelectField, TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Credits, formatTime, useReader } from '../components/format.tsx';
import { Meter } from '../components/meter.tsx';
import { Notice } from '../components/notice.tsx';
import { Card, Empty } from '../components/page.tsx';
import { attempt, guarded, readForm } from '../guarded.ts';
import { readReader } from '../reader.ts';
import { groupWords, limitWords } from '../texts/credits.ts';
import { wordFor } from '../word-for.ts';
import { CreditsPage } from './frame.tsx';
import { platformOf, shown } from './shown.ts';

const HERE = '/credits/limits';

export const loader = guarded('credits.see', async ({ app, actor, brandName, url }) => {
  const mayChange = may(actor.role, 'credits.limit');
  const [limits, subjects] = await Promise.all([app.credits.limits(actor), mayChange ? app.credits.limitSubjects(actor) : []]);
  return {
    brandName,
    mayChange,
    said: wordFor(said, url.searchParams.get('done')),
    limits: limits.map(forPage),
    people: subjects.filter(({ kind }) => kind === 'member').map(({ id, name, of }) => ({ id, name, isLinked: of === 'user' })),
    channels: subjects.filter(({ kind }) => kind === 'channel').map(({ id, name, of }) => ({ id, name, platform: platformOf(of) })),
    workspaces: subjects.filter(({ kind }) => kind === 'workspace').map(({ id, name, of }) => ({ id, name, platform: platformOf(of) })),
  };
});

const said: Readonly<Record<string, string>> = { set: 'Limit set.', removed: 'Limit removed.' };

type ShownLimit = ReturnType<typeof forPage>;

function forPage({ id, kind, subject, name, platform, credits, period, timeZone, resetsAt, countsSince, used, held, left }: LimitView) {
  return {
    id,
    kind,
    subject,
    whose: whose(kind, subject, name, platform),
    credits: shown(credits),
    period,
    timeZone,
    resetsAt,
    countsSince,
    used: shown(used),
    held: shown(held),
    left: shown(left),
  };
}

function whose(kind: LimitKind, subject: string, name: string | null, platform: string | null): string {
  const where = platform === null ? '' : ` in ${platformOf(platform)}`;
  switch (kind) {
    case 'team':
      return limitWords.whose.team;
    case 'channel':
      return name === null ? `Channel ${subject}${where}` : `${name}${where}`;
    case 'workspace':
      return `${limitWords.whose.workspace}: ${name ?? subject}${where}`;
    case 'workspace-person':
      return `${limitWords.whose['workspace-person']}: ${name ?? subject}${where}`;
    case 'member':
      return name ?? groupWords.nameless;
  }
}

export const action = guarded('credits.limit', async (visit) => {
  const { app, actor, request, now } = visit;
  const { intent, text } = await readForm(request);
  return attempt(visit, intent, async () => {
    const [act] = intent.split(' ');
    if (act === 'remove') {
      await app.credits.removeLimit(actor, text('id'));
      return redirect(`${HERE}?done=removed`);
    }
    if (act !== 'set' && act !== 'change') throw refuse('request.malformed');
    const credits = readCredits(text('credits'));
    if (credits === null)
      throw refuse('request.invalid', { fields: [{ name: 'credits', problem: 'Enter an amount of credits, such as 100 or 2.5.' }] });
    const { timeZone } = readReader(request.headers, now);
    const limit = { ...subjectOf(text('subject'), text('channel')), credits: amountOf(credits), period: text('period'), timeZone };
    await app.credits.setLimit(actor, limit as LimitWanted);
    return redirect(`${HERE}?done=set`);
  });
});

/** `team`, or the kind and its id, such as `member:<id>` or `workspace:slack:T1`; with `channel:` alone the channel is the one that was typed. */
function subjectOf(chosen: string, channel: string): Pick<LimitWanted, 'subject'> & { kind: string } {
  const [kind = '', ...rest] = chosen.split(':');
  const subject = rest.join(':');
  return { kind, subject: kind === 'channel' && subject === '' ? channel : kind === 'team' ? '' : subject };
}

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `Limits · ${loaderData?.brandName}` }];

export default function Limits() {
  const { limits, mayChange, said: words } = useLoaderData<typeof loader>();
  return (
    <CreditsPage
      title="Limits"
      lead="How much the team, a person, or a channel can spend in a period. A task whose maximum would exceed a limit does not start, and the person is told why."
    >
      {words !== null && <Done words={words} />}
      <Card title="Active limits" flush>
        {limits.length === 0 ? (
          <Empty icon={<Gauge />} title="No limits yet">
            Everyone in the team can spend all available credits.
          </Empty>
        ) : (
          <ul className="divide-y divide-hairline border-t border-hairline">
            {limits.map((limit) => (
              <Limit key={limit.id} limit={limit} mayChange={mayChange} />
            ))}
          </ul>
        )}
      </Card>
      {mayChange && <NewLimit />}
    </CreditsPage>
  );
}

/** Takes the focus: the button that was pressed may be gone. */
function Done({ words }: { words: string }) {
  const place = useRef<HTMLDivElement>(null);
  const { key } = useLocation();
  useEffect(() => place.current?.querySelector<HTMLElement>('[role="status"]')?.focus(), [words, key]);
  return (
    <div ref={place}>
      <Notice tone="good" live>
        {words}
      </Notice>
    </div>
  );
}

function Limit({ limit, mayChange }: { limit: ShownLimit; mayChange: boolean }) {
  const { id, credits, period, used, held, left, resetsAt } = limit;
  const intent = `change ${id}`;
  const share = (amount: number) => (credits === 0 ? 0 : Math.min(amount / credits, 1));
  const usedShare = share(used);
  return (
    <li className="px-5 py-4 sm:px-6">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <h3 className="min-w-0 font-medium wrap-anywhere">{limit.whose}</h3>
        <p>
          <Credits amount={credits} /> {credits === 1 ? 'credit' : 'credits'} {limitWords.period[period]}
        </p>
      </div>
      <Meter
        parts={[
          { share: usedShare, tone: 'strong' },
          { share: Math.min(share(held), 1 - usedShare), tone: 'soft' },
        ]}
      />
      <p className="mt-2 text-sm text-soft">
        {limit.kind === 'workspace-person' && `${limitWords.most}: `}
        <Credits amount={used} /> used, <Credits amount={held} /> reserved,{' '}
        <strong className="font-medium text-ink">
          <Credits amount={left} /> left
        </strong>
        {'. '}
        <Counts limit={limit} />
      </p>
      {mayChange && (
        <div className="mt-1 -ml-3.5 flex flex-wrap items-start gap-y-2">
          <Change limit={limit} intent={intent} />
          <Confirm label={<About short="Remove" limit={limit} />} look="quiet" small className="open:ml-3.5">
            <Form intent={`remove ${id}`} action={HERE}>
              <input type="hidden" name="id" value={id} />
              <p className="mb-3 text-sm">
                Spending is no longer limited here{resetsAt === null ? '' : ', and a new limit starts counting from zero'}.
              </p>
              <Button look="danger" small>
                Remove limit
              </Button>
            </Form>
          </Confirm>
        </div>
      )}
    </li>
  );
}

/** Since when, and when it begins anew. */
function Counts({ limit: { resetsAt, countsSince, timeZone } }: { limit: ShownLimit }) {
  const reader = useReader();
  const time = (at: string) => (
    <time dateTime={at} suppressHydrationWarning>
      {formatTime(at, 'short', { ...reader, timeZone })}
    </time>
  );
  return (
    <>
      Counts since {time(countsSince)}
      {resetsAt !== null && <>, resets {time(resetsAt)}</>} ({timeZone}).
    </>
  );
}

function Change({ limit, intent }: { limit: ShownLimit; intent: string }) {
  const { kind, subject, credits, period } = limit;
  const problem = useProblem(intent);
  return (
    <details open={problem !== null} className="group open:mr-2 open:ml-3.5">
      <summary className="inline-flex min-h-9 items-center rounded-full px-3.5 text-sm font-medium text-accent hover:bg-accent-wash group-open:hidden">
        <About short="Change" limit={limit} />
      </summary>
      <Form intent={intent} action={HERE} className="rounded-control border border-hairline bg-sunken p-4">
        <input type="hidden" name="subject" value={kind === 'team' ? 'team' : `${kind}:${subject}`} />
        <input type="hidden" name="period" value={period} />
        <TextField
          label={`Credits ${limitWords.period[period]}`}
          name="credits"
          {...amountInput}
          defaultValue={plain(credits)}
          error={problem?.fields['credits']}
        />
        <Button small look="plain" className="mt-3">
          Save
        </Button>
      </Form>
    </details>
  );
}

/** One word to the eye, which sees the row; to the ear also whose limit it is. */
function About({ short, limit: { whose: name, period } }: { short: string; limit: ShownLimit }) {
  return (
    <span>
      {short}{' '}
      <span className="sr-only">
        the limit {limitWords.period[period]}: {name}
      </span>
    </span>
  );
}

function NewLimit() {
  const { people, channels, workspaces } = useLoaderData<typeof loader>();
  const { timeZone } = useReader();
  const problem = useProblem('set');
  return (
    <Card title="Set a limit" lead={`Periods follow ${timeZone}. A new limit replaces an existing one for the same target and period.`}>
      <Form intent="set" action={HERE} className="grid gap-4 sm:grid-cols-2">
        <SelectField label="For" name="subject" defaultValue="team" error={problem?.fields['subject'] ?? problem?.fields['kind']}>
          <option value="team">{limitWords.whose.team}</option>
          {workspaces.length > 0 && (
            <optgroup label="A workspace">
              {workspaces.flatMap(({ id, name, platform }) =>
                (['workspace', 'workspace-person'] as const).map((kind) => (
                  <option key={`${kind}:${id}`} value={`${kind}:${id}`}>
                    {limitWords.whose[kind]}: {name} in {platform}
                  </option>
                )),
              )}
            </optgroup>
          )}
          {people.length > 0 && (
            <optgroup label="A person">
              {people.map(({ id, name, isLinked }) => (
                <option key={id} value={`member:${id}`}>
                  {isLinked ? name : `${name} (chat only)`}
                </option>
              ))}
            </optgroup>
          )}
          <optgroup label="A channel">
            {channels.map(({ id, name, platform }) => (
              <option key={id} value={`channel:${id}`}>
                {name} in {platform}
              </option>
            ))}
            <option value="channel:">Enter a channel id below</option>
          </optgroup>
        </SelectField>
        <TextField
          label="Channel id, if not listed"
          name="channel"
          autoComplete="off"
          maxLength={200}
          hint="The channel’s id in Slack or Discord."
        />
        <TextField label="Credits" name="credits" {...amountInput} hint="0 blocks all spending." error={problem?.fields['credits']} />
        <SelectField label="Period" name="period" defaultValue="month" error={problem?.fields['period']}>
          {limitPeriods.map((period) => (
            <option key={period} value={period}>
              {limitWords.period[period]}
            </option>
          ))}
        </SelectField>
        <div>
          <Button look="main" busyWords="Saving…">
            Set limit
          </Button>
        </div>
      </Form>
    </Card>
  );
}

// Without a script the browser says what is wrong with an amount before it is sent.
const amountInput = {
  inputMode: 'decimal',
  autoComplete: 'off',
  required: true,
  pattern: '\\d{1,10}(\\.\\d{1,6})?',
  title: 'Such as 100 or 2.5',
} as const;

/** As a form takes it back. */
function plain(credits: number): string {
  return credits.toFixed(6).replace(/\.?0+$/, '');
}
