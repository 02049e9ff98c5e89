// Tasks across teams, without their words; those are read one at a time, and that is noted.

import { CircleCheck } from 'lucide-react';
import { Link, redirect, useActionData, useLoaderData } from 'react-router';
import { asNumber } from '#core/domain/credits/credits.ts';
import { platformName } from '#core/domain/messages/platforms.ts';
import { failureFor } from '#core/domain/tasks/failure.ts';
import { isOver } from '#core/domain/tasks/task.ts';
import { statusWords } from '#core/domain/tasks/task-view.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { Form } from '../components/form.tsx';
import { Credits, Time } from '../components/format.tsx';
import { Notice, ProblemNotice } from '../components/notice.tsx';
import { Card, Empty } from '../components/page.tsx';
import { Pager } from '../components/pager.tsx';
import { Segmented } from '../components/segmented.tsx';
import { StatusTag } from '../components/tag.tsx';
import { attempt, operators, readForm } from '../guarded.ts';
import type { Problem } from '../problem.ts';
import { operatorWords, sights } from '../texts/operator.ts';
import { OperatorPage, titled } from './nav.tsx';

const PAGE = 50;
type Sight = keyof typeof sights;

export const loader = operators(async ({ app, actor, brandName, url }) => {
  const given = url.searchParams.get('sight') ?? '';
  const sight: Sight = Object.hasOwn(sights, given) ? (given as Sight) : 'running';
  const [before, teamId] = [url.searchParams.get('before'), url.searchParams.get('team')];
  const tasks = await app.operator.tasks(actor, {
    sight,
    limit: PAGE + 1,
    ...(before !== null && { before }),
    ...(teamId !== null && { teamId }),
  });
  const page = tasks.slice(0, PAGE);
  const at = (query: Record<string, string>) =>
    `/operator/tasks?${new URLSearchParams({ sight, ...(teamId !== null && { team: teamId }), ...query }).toString()}`;
  return {
    brandName,
    sight,
    options: (Object.keys(sights) as Sight[]).map((each) => ({ label: sights[each], to: at({ sight: each }), chosen: each === sight })),
    here: at({}),
    tasks: page.map((task) => ({
      id: task.id,
      teamId: task.teamId,
      teamName: task.teamName,
      type: task.type,
      status: task.status,
      over: isOver(task.status),
      platform: task.platform,
      held: asNumber(task.held),
      used: asNumber(task.used),
      failure: task.failure === null ? null : failureFor(task.failure, task.type).sentence,
      attempts: task.attempts,
      worker: task.worker,
      cancelRequested: task.cancelRequested,
      createdAt: task.createdAt.toISOString(),
      deadlineAt: task.deadlineAt.toISOString(),
    })),
    first: before === null ? null : at({}),
    next: tasks.length > PAGE ? at({ before: page.at(-1)!.id }) : null,
  };
});

export const action = operators(async (visit) => {
  const { app, actor, request, url } = visit;
  const { intent, text } = await readForm(request);
  return attempt(visit, intent, async () => {
    const done = (word: string) => {
      url.searchParams.set('done', word);
      return redirect(`${url.pathname}${url.search}`);
    };
    switch (intent.split(' ')[0]) {
      case 'open': {
        const { taskId, requestText, result, failure } = await app.operator.openRequest(actor, text('id'));
        return { intent, opened: { taskId, requestText, summary: result?.summary ?? null, reason: failure?.reason ?? null } };
      }
      case 'stop':
        await app.operator.cancel(actor, text('id'));
        return done('stopped');
      case 'requeue':
        await app.operator.requeue(actor, text('id'));
        return done('requeued');
      default:
        throw refuse('request.malformed');
    }
  });
});

export const meta = titled(operatorWords.tasks);

interface Opened {
  readonly taskId: string;
  readonly requestText: string;
  readonly summary: string | null;
  readonly reason: string | null;
}

export default function Tasks() {
  const { tasks, sight, options, first, next } = useLoaderData<typeof loader>();
  const answer = useActionData() as { opened?: Opened; problem?: Problem } | undefined;
  const [title, lead] = operatorWords.noTasks[sight];
  return (
    <OperatorPage title={operatorWords.tasks}>
      <Segmented name="Which tasks" options={options} />
      <ProblemNotice problem={answer?.problem} />
      {answer?.opened !== undefined && <Words opened={answer.opened} />}
      <Card flush={tasks.length > 0}>
        {tasks.length === 0 ? (
          <Empty icon={<CircleCheck />} title={title}>
            {lead}
          </Empty>
        ) : (
          <ul className="-mt-4 divide-y divide-hairline">
            {tasks.map((task) => (
              <Task key={task.id} task={task} />
            ))}
          </ul>
        )}
        <Pager first={first} next={next} />
      </Card>
    </OperatorPage>
  );
}

function Words({ opened: { taskId, requestText, summary, reason } }: { opened: Opened }) {
  return (
    <Notice tone="info" live title={<span className="font-mono text-sm wrap-anywhere">{taskId}</span>}>
      <p className="mt-2 text-sm text-soft">Asked</p>
      <p className="whitespace-pre-wrap wrap-anywhere">{requestText === '' ? 'The words were erased.' : requestText}</p>
      {(summary ?? reason) !== null && (
        <>
          <p className="mt-2 text-sm text-soft">{summary === null ? 'Why it failed' : 'Answered'}</p>
          <p className="whitespace-pre-wrap wrap-anywhere">{summary ?? reason}</p>
        </>
      )}
    </Notice>
  );
}

type TaskData = ReturnType<typeof useLoaderData<typeof loader>>['tasks'][number];

function Task({ task }: { task: TaskData }) {
  const { id, teamId, teamName, type, status, over, platform, held, used, failure, attempts, worker, cancelRequested } = task;
  return (
    <li className="px-5 py-4 sm:px-6">
      <h2 className="flex flex-wrap items-center gap-2 font-medium">
        {type} <StatusTag status={status} words={statusWords[status]} />
      </h2>
      <p className="words mt-1 text-sm text-soft wrap-anywhere">
        <Link to={`/operator/teams/${teamId}`}>{teamName}</Link>, {platformName(platform)}, asked <Time at={task.createdAt} style="ago" />
        {over ? (
          <>
            , <Credits amount={used} /> credits
          </>
        ) : (
          <>
            , <Credits amount={held} /> reserved, ends by <Time at={task.deadlineAt} />
          </>
        )}
        {attempts > 0 && `, attempt ${attempts}`}
        {worker !== null && !over && `, ${worker}`}
        {cancelRequested && !over && ', is being stopped'}
      </p>
      <p className="font-mono text-xs text-soft wrap-anywhere">{id}</p>
      {failure !== null && <p className="mt-1 text-sm">{failure}</p>}
      <div className="mt-1 -ml-3.5 flex flex-wrap items-start gap-y-2">
        <Confirm label="Read it …" look="quiet" small className="max-w-prose open:ml-3.5">
          <Form intent={`open ${id}`}>
            <input type="hidden" name="id" value={id} />
            <p className="mb-3 text-sm">{operatorWords.openLead}</p>
            <Button small>Read it</Button>
          </Form>
        </Confirm>
        {!over && (
          <>
            <Form intent={`requeue ${id}`}>
              <input type="hidden" name="id" value={id} />
              <Button small look="quiet">
                Queue it again
              </Button>
            </Form>
            <Confirm label="Stop …" look="quiet" small className="max-w-prose open:ml-3.5">
              <Form intent={`stop ${id}`}>
                <input type="hidden" name="id" value={id} />
                <p className="mb-3 text-sm">{operatorWords.stopLead}</p>
                <Button small look="danger">
                  Stop the task
                </Button>
              </Form>
            </Confirm>
          </>
        )}
      </div>
    </li>
  );
}
