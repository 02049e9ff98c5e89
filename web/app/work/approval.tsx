// What a task asks before it starts: its price, why approval is needed, and the buttons that answer. Only the person who asked
// can approve or change it; everybody else sees whom it waits for.

import { useLayoutEffect, useRef, type ReactNode, type RefObject } from 'react';
import { useActionData, useFetcher, type FetcherWithComponents } from 'react-router';
import { SOMEBODY } from '#core/domain/acting.ts';
import type { TaskView } from '#core/domain/tasks/task-view.ts';
import type { ApprovalView } from '#core/flows/tasks/turn.ts';
import { buttonClass, type ButtonLook } from '../components/button.tsx';
import type { FormAnswer } from '../components/form.tsx';
import { formatNumber, Time, useReader } from '../components/format.tsx';
import { ProblemNotice } from '../components/notice.tsx';
import type { Reader } from '../reader.ts';
import { approval as words } from '../texts/approval.ts';
import { types, work } from '../texts/work.ts';

export interface ApprovalFacts {
  /** The name of the person who asked. */
  readonly asker: string;
  readonly isMine: boolean;
  readonly approval: ApprovalView | null;
  readonly isUsualNumber: boolean;
  readonly mayAsk: boolean;
  readonly mayStop: boolean;
  /** Its conversation goes on in the portal. What was asked in a chat is changed there. */
  readonly mayChange: boolean;
}

export function approvalTitle({ asker, isMine }: Pick<ApprovalFacts, 'asker' | 'isMine'>): string {
  if (isMine) return words.title;
  return asker === SOMEBODY ? words.waiting : words.waitingFor(asker);
}

export type Approving = FetcherWithComponents<FormAnswer | undefined>;

/**
 * For whatever shows the task, and stays when its card goes: an answer that comes after an event has removed the card is followed
 * all the same.
 */
export function useApproving(taskId: string): Approving {
  return useFetcher<FormAnswer | undefined>({ key: `approval ${taskId}` });
}

interface Shown {
  readonly task: TaskView;
  readonly facts: ApprovalFacts;
  readonly approving: Approving;
}

/** `focusAfter` gets the focus when the buttons go away under whoever was at them. */
export function Approval({ focusAfter, ...shown }: Shown & { focusAfter: RefObject<HTMLElement | null> }) {
  const { task, facts } = shown;
  const { isMine, approval } = facts;
  const reader = useReader();
  const box = useFocusHandedOn(focusAfter);
  return (
    <div ref={box} className="space-y-3">
      <p suppressHydrationWarning className="numbers font-medium">
        {sayPrice(task, facts.isUsualNumber, reader)}
      </p>
      <p suppressHydrationWarning className="text-sm text-soft">
        {approval !== null &&
          (isMine || approval.whose === 'team') &&
          `${words.because(approval.whose, sayCredits(approval.above, reader))} `}
        {words.nothingCharged}
        {task.approveBy !== null && (
          <>
            {' '}
            {words.expires} <Time at={task.approveBy} />.
          </>
        )}
      </p>
      <Answers {...shown} />
    </div>
  );
}

/** "Leads · 50 · about 40 credits, max 50" */
export function sayPrice({ type, quantity, estimate: { low, high } }: TaskView, isUsualNumber: boolean, reader: Reader): string {
  const price = low === high ? sayCredits(high, reader) : `about ${sayCredits(low, reader)}, max ${formatNumber(high, reader)}`;
  const count = quantity === null ? [] : [`${formatNumber(quantity.asked, reader)}${isUsualNumber ? ` (${work.usualNumber})` : ''}`];
  return [types[type], ...count, price].join(' · ');
}

function sayCredits(amount: number, reader: Reader): string {
  return `${formatNumber(amount, reader)} ${amount === 1 ? 'credit' : 'credits'}`;
}

function Answers({ task, facts: { isMine, mayAsk, mayStop, mayChange }, approving }: Shown) {
  const reader = useReader();
  const withoutScript = useAnswerFor(task.id);
  const problem = approving.data === undefined ? withoutScript?.problem : approving.data.problem;
  const pressed = approving.state === 'idle' ? null : (approving.formData?.get('intent') ?? '');
  const mayApprove = isMine && mayAsk;
  if (!mayApprove && !mayStop) return null;
  return (
    <approving.Form
      method="post"
      onSubmit={(event) => {
        if (pressed !== null) event.preventDefault();
      }}
    >
      <input type="hidden" name="task" value={task.id} />
      {pressed === null && <ProblemNotice problem={problem} className="mb-4" />}
      <div className="flex flex-wrap gap-3">
        {mayApprove && (
          <Answer intent="approve" look="main" pressed={pressed} busyWords={words.approving}>
            {words.approve(sayCredits(task.estimate.high, reader))}
          </Answer>
        )}
        {mayApprove && mayChange && (
          <Answer intent="change" pressed={pressed} busyWords={words.changing}>
            {words.change}
          </Answer>
        )}
        {mayStop && (
          <Answer intent="cancel" pressed={pressed} busyWords={words.canceling}>
            {words.cancel}
          </Answer>
        )}
      </div>
    </approving.Form>
  );
}

interface AnswerProps {
  readonly intent: string;
  readonly look?: ButtonLook;
  /** The intent that is on its way; null where none is. */
  readonly pressed: unknown;
  readonly busyWords: string;
  readonly children: ReactNode;
}

/** While one is on its way none can be pressed; they keep the focus, which a disabled button loses. */
function Answer({ intent, look = 'plain', pressed, busyWords, children }: AnswerProps) {
  return (
    <button type="submit" name="intent" value={intent} aria-disabled={pressed !== null || undefined} className={buttonClass(look)}>
      <span suppressHydrationWarning>{pressed === intent ? busyWords : children}</span>
    </button>
  );
}

/** How a form of this task was answered that was sent without JavaScript. */
function useAnswerFor(taskId: string): FormAnswer | undefined {
  const answer = useActionData() as (FormAnswer & { typed?: { task?: string } }) | undefined;
  return answer?.typed?.task === taskId ? answer : undefined;
}

function useFocusHandedOn(next: RefObject<HTMLElement | null>) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const inside = box.current;
    return () => {
      if (inside?.contains(document.activeElement)) next.current?.focus({ preventScroll: true });
    };
  }, [next]);
  return box;
}
