// A form that works with and without JavaScript. Its problem is the one that its own intent caused: a page may have
// several forms, and each says its own.

import { useRef, type ComponentProps } from 'react';
import { Form as RouterForm, useActionData, useLocation } from 'react-router';
import type { Problem } from '../problem.ts';
import { isAway } from '../away.ts';
import { useFocusOnError } from './field.tsx';
import { ProblemNotice } from './notice.tsx';

export interface FormAnswer {
  readonly problem?: Problem;
  /** Which form was sent. */
  readonly intent?: string;
}

/**
 * Shows why it was not carried out, above its fields, and moves the focus to what is wrong. `away` is said in the place of the
 * usual words when we could not be reached.
 */
export function Form({
  intent,
  away,
  children,
  ...rest
}: ComponentProps<typeof RouterForm> & { intent?: string; away?: Pick<Problem, 'sentence' | 'wayForward'> }) {
  const problem = useProblem(intent);
  const form = useFocusOnError(problem);
  const isFieldsOnly = problem !== null && Object.keys(problem.fields).length > 0;
  return (
    <RouterForm method="post" {...rest} ref={form}>
      {!isFieldsOnly && <ProblemNotice problem={isAway(problem) ? { ...problem, ...away } : problem} className="mb-5" />}
      {intent !== undefined && <input type="hidden" name="intent" value={intent} />}
      {children}
    </RouterForm>
  );
}

/** What is wrong with the form of this intent; without one, with the page's only form. */
export function useProblem(intent?: string): Problem | null {
  const answer = useAnswer<FormAnswer>();
  if (answer?.problem === undefined) return null;
  return intent === undefined || answer.intent === undefined || answer.intent === intent ? answer.problem : null;
}

/**
 * What the last form of this page was answered with, until another is sent. The router forgets it as soon as the page reads
 * its data anew, which an open page does by itself.
 */
export function useAnswer<T>(): T | undefined {
  const answer = useActionData() as T | undefined;
  const { key } = useLocation();
  const kept = useRef({ key, answer });
  if (answer !== undefined || kept.current.key !== key) kept.current = { key, answer };
  return kept.current.answer;
}
