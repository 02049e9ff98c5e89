// A form that works with and without JavaScript. Its problem is the one that its own intent caused: a page may have
// several forms, and each says its own.

import type { ComponentProps } from 'react';
import { Form as RouterForm, useActionData } from 'react-router';
import type { Problem } from '../problem.ts';
import { useFocusOnError } from './field.tsx';
import { ProblemNotice } from './notice.tsx';

export interface FormAnswer {
  readonly problem?: Problem;
  /** Which form was sent. */
  readonly intent?: string;
}

/** Shows why it was not carried out, above its fields, and moves the focus to what is wrong. */
export function Form({ intent, children, ...rest }: ComponentProps<typeof RouterForm> & { intent?: string }) {
  const problem = useProblem(intent);
  const form = useFocusOnError(problem);
  const isFieldsOnly = problem !== null && Object.keys(problem.fields).length > 0;
  return (
    <RouterForm method="post" {...rest} ref={form}>
      {!isFieldsOnly && <ProblemNotice problem={problem} className="mb-5" />}
      {intent !== undefined && <input type="hidden" name="intent" value={intent} />}
      {children}
    </RouterForm>
  );
}

/** What is wrong with the form of this intent; without one, with the page's only form. */
export function useProblem(intent?: string): Problem | null {
  const answer = useActionData() as FormAnswer | undefined;
  if (answer?.problem === undefined) return null;
  return intent === undefined || answer.intent === undefined || answer.intent === intent ? answer.problem : null;
}
