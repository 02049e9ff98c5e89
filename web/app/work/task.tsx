// The page of a task: what every platform links to. What was asked, what came of it, how it went, and what it cost.

import { useRef, type ReactNode, type RefObject } from 'react';
import { data, Link, redirect, useLoaderData, type MetaFunction } from 'react-router';
import { newId } from '#core/domain/ids.ts';
import { isReadHere, platformName } from '#core/domain/messages/platforms.ts';
import { may } from '#core/domain/team/permission.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { Credits, formatBytes, Time, useReader } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { Card, Page } from '../components/page.tsx';
import { StatusTag } from '../components/tag.tsx';
import { attempt, guarded, readForm } from '../guarded.ts';
import { reading } from '../texts/reading.ts';
import { taskFile } from '../texts/task-file.ts';
import { types } from '../texts/work.ts';
import { wordFor } from '../word-for.ts';
import { Approval, approvalTitle, useApproving, type Approving } from './approval.tsx';
import { DeletedOn, ManageFile } from './files/manage-file.tsx';
import { resultMarkdown } from './files/markdown-tree.ts';
import { ResultFiles } from './files/result-files.tsx';
import { Steps, useSteps } from './steps.tsx';
import { actOnTask, isTaskAct } from './task-acts.ts';
import { Cancel, Feedback, RunAgain, SendAnswerAgain } from './task-actions.tsx';
import { Outcome } from './turn.tsx';

export const loader = guarded('tasks.see', async ({ app, actor, params, url, brandName, publicUrl }) => {
  const details = await app.tasks.details(actor, params['id']!);
  const { task, isMine, platform } = details;
  const isPosted = !isReadHere(platform);
  return {
    ...details,
    summary: resultMarkdown(task.result),
    brandName,
    address: `${publicUrl}/tasks/${task.id}`,
    mayStop: !task.over && (may(actor.role, 'tasks.stop') || (isMine && may(actor.role, 'tasks.ask'))),
    mayAsk: may(actor.role, 'tasks.ask'),
    mayManageFiles: task.over && (may(actor.role, 'files.delete') || (isMine && may(actor.role, 'tasks.ask'))),
    done: wordFor<string>(taskFile.fileDone, url.searchParams.get('done')),
    mayResend: isPosted && task.over && may(actor.role, 'letters.resend'),
    isPosted,
    actionKey: newId(),
  };
});

export const action = guarded('tasks.see', async (visit) => {
  const { app, actor, params, request } = visit;
  const form = await readForm(request);
  const id = params['id']!;
  if (isTaskAct(form.intent)) return actOnTask(visit, form, id);
  return attempt(visit, form.intent, async () => {
    switch (form.intent.split(' ')[0]) {
      case 'delete-file':
        await app.tasks.get(actor, id); // to other teams there is no such page
        await app.files.delete(actor, fileIn(form));
        return redirect(`/tasks/${id}?done=file-deleted`);
      case 'end-links':
        await app.tasks.get(actor, id);
        await app.files.endLinks(actor, fileIn(form));
        return redirect(`/tasks/${id}?done=links-ended`);
      case 'deliver':
        await app.messages.retryDelivery(actor, id);
        return data({ sent: true });
      default:
        throw refuse('request.malformed');
    }
  });
});

function fileIn(form: { text(name: string): string }): string {
  const id = form.text('id');
  if (id === '') throw refuse('request.malformed');
  return id;
}

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [
  { title: `${loaderData?.task.title ?? 'Task'} · ${loaderData?.brandName}` },
];

export default function Task() {
  const { task, summary, address, mayStop, mayAsk, mayResend, mayManageFiles, actionKey, feedback, done } = useLoaderData<typeof loader>();
  const needsApproval = task.status === 'awaiting_approval';
  const approving = useApproving(task.id);
  const state = useRef<HTMLDivElement>(null);
  return (
    <Page
      title={<bdi>{task.title}</bdi>}
      lead={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <StatusTag status={task.status} words={task.statusWords} />
          <span>{types[task.type]}</span>
          <Time at={task.createdAt} />
        </span>
      }
      actions={
        <>
          <CopyButton text={address} words="Copy link" />
          {mayResend && <SendAnswerAgain taskId={task.id} />}
          {mayStop && !needsApproval && <Cancel taskId={task.id} />}
          {task.over && mayAsk && <RunAgain taskId={task.id} actionKey={actionKey} most={task.estimate.high} />}
        </>
      }
    >
      {done !== null && (
        <Notice tone="good" live>
          <p>{done}</p>
        </Notice>
      )}
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(18rem,1fr)]">
        <div className="min-w-0 space-y-6">
          <Request />
          <div ref={state} tabIndex={-1} role="group" aria-label={task.statusWords} className="rounded-card">
            {task.over ? (
              <Card
                title={task.status === 'completed' ? 'Result' : 'Outcome'}
                actions={
                  task.status === 'completed' && (
                    <div className="flex flex-wrap items-center gap-2">
                      <Feedback taskId={task.id} given={feedback} />
                      {task.result !== null && task.result.summary !== '' && <CopyButton text={task.result.summary} words={reading.copy} />}
                    </div>
                  )
                }
              >
                <div className="space-y-4">
                  <Outcome task={task} summary={summary} />
                  <ResultFiles files={task.files} taskId={task.id} whole manage={mayManageFiles} />
                </div>
              </Card>
            ) : needsApproval ? (
              <NeedsApproval approving={approving} focusAfter={state} />
            ) : (
              <Progress />
            )}
          </div>
          <Timeline />
        </div>
        <div className="space-y-6">
          <Cost />
          <Where />
        </div>
      </div>
    </Page>
  );
}

function Request() {
  const { task, inputs, mayManageFiles } = useLoaderData<typeof loader>();
  const reader = useReader();
  return (
    <Card title="Request">
      <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
        {task.requestText}
      </p>
      {inputs.length > 0 && (
        <ul aria-label="Attached files" className="mt-4 space-y-1 text-sm">
          {inputs.map((file) => (
            <li key={file.id} className="flex flex-wrap items-center gap-x-3">
              {file.url === null ? (
                <span className="min-w-0 truncate">{file.name}</span>
              ) : (
                <a href={file.url} className="min-w-0 truncate rounded py-0.5 text-accent underline underline-offset-2">
                  {file.name}
                </a>
              )}
              <span suppressHydrationWarning className="numbers text-soft">
                {formatBytes(file.sizeBytes, reader)}
              </span>
              <DeletedOn file={file} />
              {mayManageFiles && <ManageFile file={file} taskId={task.id} />}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function NeedsApproval(given: { approving: Approving; focusAfter: RefObject<HTMLElement | null> }) {
  const { task, who, mayAsk, mayStop, isMine, isUsualNumber, approval, isPosted } = useLoaderData<typeof loader>();
  const facts = { asker: who, isMine, approval, isUsualNumber, mayAsk, mayStop, mayChange: !isPosted };
  return (
    <Card title={approvalTitle(facts)}>
      <Approval task={task} facts={facts} {...given} />
    </Card>
  );
}

function Progress() {
  const { task, steps: known } = useLoaderData<typeof loader>();
  const steps = useSteps(task.id, known);
  return (
    <Card title={task.statusWords}>
      <div aria-live="polite">
        {steps.length === 0 ? <p className="text-soft">Starting soon. This page updates automatically.</p> : <Steps steps={steps} />}
      </div>
    </Card>
  );
}

function Timeline() {
  const { timeline } = useLoaderData<typeof loader>();
  return (
    <Card title="Timeline">
      <ol className="space-y-3 text-sm">
        {timeline.map(({ at, words }, i) => (
          <li key={i} className="flex flex-col gap-x-4 sm:flex-row">
            <span className="w-44 shrink-0 text-soft">
              <Time at={at} />
            </span>
            <span className="min-w-0 wrap-anywhere">{words}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Cost() {
  const { task, cost } = useLoaderData<typeof loader>();
  const rows: [string, ReactNode][] = [
    [
      'Estimate',
      <span key="estimate">
        {task.estimate.low !== task.estimate.high && (
          <>
            about <Credits amount={task.estimate.low} />, at most{' '}
          </>
        )}
        <Credits amount={task.estimate.high} />
      </span>,
    ],
    ['Reserved', <Credits key="held" amount={cost.held} />],
    ...(task.over
      ? ([
          ['Used', <Credits key="used" amount={cost.used} />],
          ['Returned', <Credits key="returned" amount={cost.returned} />],
        ] as [string, ReactNode][])
      : []),
  ];
  return (
    <Card title="Credits" lead={cost.rate}>
      <dl className="space-y-2 text-sm">
        {rows.map(([label, value]) => (
          <div key={label} className="flex justify-between gap-4">
            <dt className="text-soft">{label}</dt>
            <dd className="numbers text-right font-medium">{value}</dd>
          </div>
        ))}
      </dl>
      {task.quantity !== null && (
        <p className="mt-4 border-t border-hairline pt-3 text-sm text-soft">
          {task.quantity.delivered === null
            ? `${task.quantity.asked} ${task.quantity.unit} requested`
            : `${task.quantity.delivered} of ${task.quantity.asked} ${task.quantity.unit} delivered`}
        </p>
      )}
    </Card>
  );
}

function Where() {
  const { task, who, platform, where, attempts, isPosted } = useLoaderData<typeof loader>();
  const rows: [string, ReactNode][] = [
    ['Asked by', who],
    ['Where', where ?? platformName(platform)],
    ['Type chosen', task.because.replace(/^read as /, '')],
    ...(attempts > 1 ? ([['Attempts', attempts]] as [string, ReactNode][]) : []),
    ...(task.retryOf === null
      ? []
      : ([
          [
            'Rerun of',
            <Link key="of" to={`/tasks/${task.retryOf}`} className="rounded text-accent underline underline-offset-2">
              Original task
            </Link>,
          ],
        ] as [string, ReactNode][])),
  ];
  return (
    <Card title="Details">
      <dl className="space-y-2 text-sm">
        {rows.map(([label, value]) => (
          <div key={label} className="flex justify-between gap-4">
            <dt className="shrink-0 text-soft">{label}</dt>
            <dd className="min-w-0 text-right wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
      {!isPosted && (
        <p className="mt-4 border-t border-hairline pt-3 text-sm">
          <Link
            to={`/conversations/${task.conversationId}`}
            className="inline-flex min-h-9 items-center rounded text-accent hover:underline"
          >
            Open conversation
          </Link>
        </p>
      )}
    </Card>
  );
}
