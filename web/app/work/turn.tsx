// One task in a conversation: what was asked, what is happening, what came of it, and what it cost.

import { useRef } from 'react';
import { Link } from 'react-router';
import type { TaskView } from '#core/domain/tasks/task-view.ts';
import { buttonClass } from '../components/button.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { Credits, formatNumber, Time, useReader } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { StatusTag } from '../components/tag.tsx';
import { reading } from '../texts/reading.ts';
import { work as words } from '../texts/work.ts';
import { Approval, approvalTitle, sayPrice, useApproving, type ApprovalFacts } from './approval.tsx';
import { Asked } from './asked.tsx';
import { Elapsed } from './elapsed.tsx';
import { ResultFiles } from './files/result-files.tsx';
import { Markdown, type MarkdownNode } from './files/markdown.tsx';
import { Steps, useSteps, type Step } from './steps.tsx';
import { Cancel, Feedback, RunAgain } from './task-actions.tsx';
import { turnAnchor } from './turn-address.ts';

/** What happens besides: who may do what, and what is known of its steps. */
export interface TurnFacts extends ApprovalFacts {
  readonly steps: readonly Step[];
  readonly feedback: 'good' | 'bad' | null;
  readonly actionKey: string;
  /** What an agent wrote; null where there is none, or too much to be more than text. */
  readonly summary: readonly MarkdownNode[] | null;
}

export function Turn({ task, facts }: { task: TaskView; facts: TurnFacts }) {
  const steps = useSteps(task.id, facts.steps);
  const approving = useApproving(task.id);
  const turn = useRef<HTMLElement>(null);
  return (
    <article ref={turn} tabIndex={-1} id={turnAnchor(task.id)} aria-label={task.title} className="space-y-3 rounded-card">
      <Asked text={task.requestText}>
        {!facts.isMine && `${facts.asker}, `}
        <Time at={task.createdAt} style="ago" />
      </Asked>
      <div className="max-w-full rounded-card border border-hairline bg-surface p-4 shadow-card sm:p-5">
        <div className="flex flex-wrap items-center gap-2">
          <span aria-live="polite">
            <StatusTag status={task.status} words={task.statusWords} />
          </span>
          {task.status === 'processing' && task.startedAt !== null && <Elapsed since={task.startedAt} />}
          <Link
            to={`/tasks/${task.id}`}
            className="ml-auto inline-flex min-h-9 items-center rounded px-1 text-sm text-accent hover:underline"
          >
            Details<span className="sr-only"> of {task.title}</span>
          </Link>
        </div>
        <div className="mt-3 space-y-3">
          {task.status === 'awaiting_approval' ? (
            <>
              <h2 className="text-lg font-semibold">{approvalTitle(facts)}</h2>
              <Approval task={task} facts={facts} approving={approving} focusAfter={turn} />
            </>
          ) : task.over ? (
            <Over task={task} facts={facts} />
          ) : (
            <Running task={task} steps={steps} facts={facts} />
          )}
        </div>
      </div>
    </article>
  );
}

function Running({ task, steps, facts }: { task: TaskView; steps: readonly Step[]; facts: TurnFacts }) {
  const reader = useReader();
  return (
    <>
      <p suppressHydrationWarning title={task.because} className="numbers text-sm text-soft">
        {sayPrice(task, facts.isUsualNumber, reader)} ({formatNumber(task.creditsHeld, reader)} reserved)
      </p>
      <div aria-live="polite">
        <Steps steps={steps} />
      </div>
      {facts.mayStop && <Cancel taskId={task.id} />}
    </>
  );
}

function Over({ task, facts }: { task: TaskView; facts: TurnFacts }) {
  return (
    <>
      <Outcome task={task} summary={facts.summary} />
      <ResultFiles files={task.files} taskId={task.id} />
      <div className="flex flex-wrap items-center justify-between gap-3">
        {!isFreeCancel(task) && (
          <p className="text-sm text-soft">
            Used <Credits amount={task.creditsUsed} /> {task.creditsUsed === 1 ? 'credit' : 'credits'}
          </p>
        )}
        <div className="flex flex-wrap items-center gap-2">
          {task.status === 'completed' && <Feedback taskId={task.id} given={facts.feedback} />}
          {task.result !== null && task.result.summary !== '' && <CopyButton text={task.result.summary} words={reading.copy} />}
          {facts.mayAsk && <RunAgain taskId={task.id} actionKey={facts.actionKey} most={task.estimate.high} />}
        </div>
      </div>
    </>
  );
}

/** What came of it, in words. */
export function Outcome({ task, summary }: { task: TaskView; summary: readonly MarkdownNode[] | null }) {
  if (task.failure)
    return (
      <Notice tone={task.status === 'canceled' ? 'warn' : 'bad'} title={task.failure.message}>
        {task.failure.lostFiles && (
          <ul className="wrap-anywhere">
            {task.failure.lostFiles.map(({ name, reason }, at) => (
              <li key={at}>
                <bdi>{name}</bdi>: {reason}
              </li>
            ))}
          </ul>
        )}
        <p>{task.failure.wayForward}</p>
      </Notice>
    );
  if (task.status === 'canceled') return <p className="text-soft">{isFreeCancel(task) ? words.canceled : words.canceledWhileRunning}</p>;
  return (
    <>
      {task.result?.sample === true && <Notice tone="warn" title={words.sample} />}
      {summary !== null ? (
        <Markdown nodes={summary} />
      ) : (
        task.result && <p className="whitespace-pre-wrap wrap-anywhere">{task.result.summary}</p>
      )}
    </>
  );
}

/** It says for itself that nothing was charged. */
function isFreeCancel({ status, creditsUsed }: TaskView): boolean {
  return status === 'canceled' && creditsUsed === 0;
}

/** What was said that belongs to no task: mostly a no, with its way forward. */
export function Said({ heading, text, link }: { heading: string; text: string; link: { label: string; to: string } | null }) {
  return (
    <Notice tone="warn" title={heading}>
      <p className="whitespace-pre-wrap">{text}</p>
      {link !== null && (
        <p className="mt-2">
          <Link to={link.to} className={buttonClass('plain', true)}>
            {link.label}
          </Link>
        </p>
      )}
    </Notice>
  );
}
