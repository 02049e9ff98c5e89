// What a team keeps and for how long, taking all of it along, and deleting the team.

import { useEffect } from 'react';
import { Link, redirect, useActionData, useLoaderData, useRevalidator, type MetaFunction } from 'react-router';
import { may } from '#core/domain/team/permission.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button, buttonClass, LinkButton } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { formatBytes, Time, useReader } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { Card } from '../components/page.tsx';
import { Tag, type TagTone } from '../components/tag.tsx';
import { attempt, guarded, readForm } from '../guarded.ts';
import { dataWords, exportStates } from '../texts/custody.ts';
import { threshold } from '../texts/threshold.ts';
import { readThreshold, shownThreshold, THRESHOLD, ThresholdForm } from '../threshold.tsx';
import { TeamPage } from './nav.tsx';

export const loader = guarded('team.settings', async ({ app, actor, brandName }) => {
  const isOwner = may(actor.role, 'team.export');
  const [settings, exports] = await Promise.all([app.privacy.teamSettings(actor), isOwner ? app.privacy.exports(actor) : []]);
  return {
    brandName,
    isOwner,
    exports,
    name: settings.name,
    personal: settings.personal,
    retentionDays: settings.retentionDays,
    confirmAbove: shownThreshold(settings.confirmAbove),
    deletion: settings.deletion,
  };
});

export const action = guarded('team.settings', async (visit) => {
  const { app, actor, request } = visit;
  const { intent, text } = await readForm(request);
  return attempt(visit, intent, async () => {
    switch (intent) {
      case 'retention': {
        const days = readDays(text('retentionDays'));
        // What a shorter time takes away is said before it is done.
        const going = text('confirmed') === 'yes' ? null : await app.privacy.retentionPreview(actor, days);
        if (going !== null && going.files > 0) return { intent, days, going };
        await app.privacy.setTeamSettings(actor, { retentionDays: days });
        return redirect('/team/data?done=retention');
      }
      case 'confirm':
        await app.privacy.setTeamSettings(actor, { confirmAbove: readThreshold(text(THRESHOLD)) });
        return redirect('/team/data?done=confirm');
      case 'export':
        await app.privacy.exportTeam(actor);
        return redirect('/team/data?done=export');
      case 'delete':
        await app.privacy.requestTeamDeletion(actor, text('name'));
        return redirect('/team/data?done=delete');
      case 'back':
        await app.privacy.takeBackTeamDeletion(actor);
        return redirect('/team/data?done=back');
      default:
        throw refuse('request.malformed');
    }
  });
});

function readDays(typed: string): number {
  return /^\d{1,6}$/.test(typed) ? Number(typed) : Number.NaN;
}

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `Data · ${loaderData?.brandName}` }];

export default function Data() {
  const { isOwner } = useLoaderData<typeof loader>();
  return (
    <TeamPage title={dataWords.title} lead={dataWords.lead}>
      <Leaving />
      <Retention />
      <ConfirmAbove />
      {isOwner && <Exports />}
      {isOwner && <Delete />}
    </TeamPage>
  );
}

function Leaving() {
  const { deletion, isOwner, personal } = useLoaderData<typeof loader>();
  if (deletion === null) return null;
  return (
    <Notice
      tone="warn"
      title={
        <>
          {dataWords.leaving} <Time at={deletion.until} style="date" />
        </>
      }
    >
      <p>{dataWords.leavingAfter}</p>
      {isOwner && !personal && (
        <Form intent="back" className="mt-3">
          <Button intent="back" busyWords="One moment …">
            Cancel deletion
          </Button>
        </Form>
      )}
      {personal && (
        <p className="mt-1">
          <Link to="/settings/account">Go to your account</Link>
        </p>
      )}
    </Notice>
  );
}

interface Going {
  readonly files: number;
  readonly bytes: number;
  readonly at: string;
}

function Retention() {
  const { retentionDays } = useLoaderData<typeof loader>();
  const answer = useActionData() as { intent?: string; days?: number; going?: Going } | undefined;
  const problem = useProblem('retention');
  const reader = useReader();
  const going = answer?.intent === 'retention' ? answer.going : undefined;
  return (
    <Card title={dataWords.retention} lead={dataWords.retentionLead}>
      <Form intent="retention" className="flex flex-wrap items-start gap-3">
        <TextField
          key={`${answer?.days ?? retentionDays}`}
          label="Days"
          name="retentionDays"
          inputMode="numeric"
          required
          maxLength={4}
          autoComplete="off"
          defaultValue={answer?.days ?? retentionDays}
          hint={dataWords.retentionHint}
          error={problem?.fields['retentionDays']}
          className="w-40"
        />
        <Button intent="retention" busyWords="Saving …" className="mt-[1.625rem]">
          Save
        </Button>
      </Form>
      {going !== undefined && (
        <Notice tone="warn" live title={dataWords.shorter(going.files, formatBytes(going.bytes, reader))} className="mt-5">
          <p>
            {dataWords.shorterWhen} <Time at={going.at} style="date" />. {dataWords.shorterAfter}
          </p>
          <Form intent="retention" className="mt-3">
            <input type="hidden" name="retentionDays" value={answer?.days} />
            <input type="hidden" name="confirmed" value="yes" />
            <Button look="danger">Keep files for {answer?.days} days</Button>
          </Form>
        </Notice>
      )}
    </Card>
  );
}

function ConfirmAbove() {
  const { confirmAbove } = useLoaderData<typeof loader>();
  return (
    <Card title={threshold.title} lead={threshold.teamLead}>
      <ThresholdForm intent="confirm" above={confirmAbove} />
    </Card>
  );
}

const LOOK_EVERY_MS = 4_000;
const stateTones: Record<keyof typeof exportStates, TagTone> = {
  waiting: 'plain',
  working: 'accent',
  ready: 'good',
  failed: 'bad',
  gone: 'plain',
};

function Exports() {
  const { exports } = useLoaderData<typeof loader>();
  const reader = useReader();
  const isUnderWay = exports.some(({ state }) => state === 'waiting' || state === 'working');
  const { revalidate } = useRevalidator();
  useEffect(() => {
    if (!isUnderWay) return;
    const timer = setInterval(() => void revalidate(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isUnderWay, revalidate]);
  return (
    <Card title={dataWords.export} lead={dataWords.exportLead}>
      <div className="flex flex-wrap gap-3">
        <Form intent="export">
          <Button intent="export" busyWords="One moment …" disabled={isUnderWay}>
            Create export
          </Button>
        </Form>
        {isUnderWay && (
          <LinkButton to="/team/data" look="quiet">
            Refresh
          </LinkButton>
        )}
      </div>
      {exports.length === 0 ? (
        <p className="mt-4 text-sm text-soft">{dataWords.exportNone}</p>
      ) : (
        <ul aria-live="polite" className="mt-5 divide-y divide-hairline border-t border-hairline">
          {exports.map(({ id, state, askedAt, until, sizeBytes, filesMissing, fileDeleted }) => (
            <li key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3 last:pb-0">
              <div className="min-w-0">
                <p className="flex flex-wrap items-center gap-2">
                  <Time at={askedAt} /> <Tag tone={stateTones[state]}>{exportStates[state]}</Tag>
                </p>
                {state === 'ready' && until !== null && sizeBytes !== null && (
                  <p className="text-sm text-soft">
                    {formatBytes(sizeBytes, reader)}, kept until <Time at={until} style="date" />
                    {filesMissing > 0 && <>. {dataWords.exportMissing(filesMissing)}</>}
                  </p>
                )}
                {fileDeleted && <p className="words text-sm text-soft">{dataWords.exportFileDeleted}</p>}
              </div>
              {state === 'ready' && (
                <a href={`/team/data/export/${id}`} className={buttonClass('plain', true)}>
                  Download
                </a>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Delete() {
  const { name, personal, deletion } = useLoaderData<typeof loader>();
  const problem = useProblem('delete');
  if (personal)
    return (
      <Card title={dataWords.delete}>
        <p className="words text-soft">
          {dataWords.personal} <Link to="/settings/account">Go to your account</Link>
        </p>
      </Card>
    );
  if (deletion !== null) return null;
  return (
    <Card title={dataWords.delete} lead={dataWords.deleteLead}>
      <Confirm label="Delete this team …" open={problem !== null} className="max-w-prose">
        <Form intent="delete" className="space-y-4">
          <TextField label={`${dataWords.deleteHint} ${name}`} name="name" required autoComplete="off" error={problem?.fields['name']} />
          <Button look="danger" intent="delete" busyWords="One moment …">
            Delete team in 14 days
          </Button>
        </Form>
      </Confirm>
    </Card>
  );
}
