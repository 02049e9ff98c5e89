// What can be done about a task. Every form goes to the page that it stands on, which knows what to do (task-acts.ts).

import { ThumbsDown, ThumbsUp } from 'lucide-react';
import { useFetcher } from 'react-router';
import { sentIn } from '../away.ts';
import { classes } from '../components/classes.ts';
import { Button, buttonClass } from '../components/button.tsx';
import { Confirm, KeepGoing } from '../components/confirm.tsx';
import { formatNumber, useReader } from '../components/format.tsx';
import { ProblemNotice } from '../components/notice.tsx';
import type { Problem } from '../problem.ts';

interface About {
  readonly taskId: string;
  /** Makes two pressings of the same button one. */
  readonly actionKey: string;
}

export function Cancel({ taskId }: Pick<About, 'taskId'>) {
  const { Form, state, data } = useTask();
  return (
    <Confirm label="Cancel" look="plain" small>
      <Form method="post">
        <input type="hidden" name="task" value={taskId} />
        <ProblemNotice problem={data?.problem} className="mb-3" />
        <p className="mb-3 text-sm">Cancel this task? You pay for what it has delivered or used so far. The rest is returned.</p>
        <div className="flex flex-wrap gap-2">
          <Button name="intent" value="cancel" look="danger" small disabled={state !== 'idle'}>
            {state === 'idle' ? 'Cancel task' : 'Canceling…'}
          </Button>
          <KeepGoing />
        </div>
      </Form>
    </Confirm>
  );
}

/** `most`: the most credits that it may cost. */
export function RunAgain({ taskId, actionKey, most }: About & { most: number }) {
  const { Form, state, data } = useTask();
  const reader = useReader();
  return (
    <Form method="post">
      <input type="hidden" name="task" value={taskId} />
      <ProblemNotice problem={data?.problem} className="mb-3" />
      {/* What got no answer may have been taken, so it goes again under its key. */}
      <input type="hidden" name="key" value={sentIn(data, 'key')?.[0] ?? actionKey} />
      <Button name="intent" value="again" look="plain" small disabled={state !== 'idle'}>
        <span suppressHydrationWarning>
          {state === 'idle' ? `Run again · up to ${formatNumber(most, reader)} ${most === 1 ? 'credit' : 'credits'}` : 'Sending…'}
        </span>
      </Button>
    </Form>
  );
}

/** Was it any good? Once for each person, and they may change their mind. */
export function Feedback({ taskId, given }: { taskId: string; given: 'good' | 'bad' | null }) {
  const { Form, formData, data } = useTask();
  const chosen = formData?.get('verdict') ?? given;
  return (
    <Form method="post" className="flex flex-wrap items-center gap-1" aria-label="Feedback">
      <input type="hidden" name="intent" value="feedback" />
      <input type="hidden" name="task" value={taskId} />
      {(
        [
          ['good', 'Good result', ThumbsUp],
          ['bad', 'Bad result', ThumbsDown],
        ] as const
      ).map(([verdict, name, Icon]) => (
        <button
          key={verdict}
          type="submit"
          name="verdict"
          value={verdict}
          aria-label={name}
          title={name}
          aria-pressed={chosen === verdict}
          className={classes(
            'inline-grid size-11 place-items-center rounded-full hover:bg-sunken',
            chosen === verdict ? 'bg-accent-wash text-accent' : 'text-soft hover:text-ink',
          )}
        >
          <Icon aria-hidden className="size-5" />
        </button>
      ))}
      <span role="status" className="text-sm text-soft">
        {data?.thanks}
      </span>
      <ProblemNotice problem={data?.problem} />
    </Form>
  );
}

export function SendAnswerAgain({ taskId }: Pick<About, 'taskId'>) {
  const { Form, state, data } = useTask();
  return (
    <Form method="post" action={`/tasks/${taskId}`}>
      <ProblemNotice problem={data?.problem} className="mb-3" />
      <button type="submit" name="intent" value="deliver" disabled={state !== 'idle'} className={buttonClass('plain', true)}>
        {data?.sent === true ? 'Sent again' : state === 'idle' ? 'Send the answer again' : 'Sending…'}
      </button>
    </Form>
  );
}

interface Answer {
  readonly problem?: Problem;
  readonly thanks?: string;
  readonly sent?: boolean;
}

function useTask() {
  return useFetcher<Answer | undefined>();
}
