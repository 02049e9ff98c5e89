// A question and where to answer it. Label, hint and error are tied to the control, so that nobody has to see them beside
// one another to know what belongs together.

import { useEffect, useId, useRef, type ComponentProps, type ReactNode } from 'react';
import { isAway } from '../away.ts';
import type { Problem } from '../problem.ts';
import { classes } from './classes.ts';

interface Around {
  readonly label: string;
  readonly hint?: ReactNode | undefined;
  /** What is wrong with the answer. */
  readonly error?: string | undefined;
  /** For a label that the place makes plain to the eye: it is still read aloud. */
  readonly hideLabel?: boolean | undefined;
}

const control =
  'w-full rounded-control border border-edge bg-surface px-3.5 text-ink placeholder:text-soft aria-invalid:border-bad disabled:bg-sunken disabled:text-soft';

export function TextField({ label, hint, error, hideLabel, className, ...rest }: Around & ComponentProps<'input'>) {
  return (
    <Field {...{ label, hint, error, hideLabel, className }}>
      {(ties) => <input type="text" {...rest} {...ties} className={classes(control, 'h-11')} />}
    </Field>
  );
}

export function TextArea({ label, hint, error, hideLabel, className, ...rest }: Around & ComponentProps<'textarea'>) {
  return (
    <Field {...{ label, hint, error, hideLabel, className }}>
      {(ties) => <textarea rows={3} {...rest} {...ties} className={classes(control, 'block py-2.5')} />}
    </Field>
  );
}

export function SelectField({ label, hint, error, hideLabel, className, children, ...rest }: Around & ComponentProps<'select'>) {
  return (
    <Field {...{ label, hint, error, hideLabel, className }}>
      {(ties) => (
        <select {...rest} {...ties} className={classes(control, 'h-11 pr-8')}>
          {children}
        </select>
      )}
    </Field>
  );
}

export function Checkbox({ label, hint, className, ...rest }: { label: ReactNode; hint?: ReactNode } & ComponentProps<'input'>) {
  const id = useId();
  return (
    <div className={classes('flex min-h-11 items-center gap-3', className)}>
      <input
        type="checkbox"
        id={id}
        {...rest}
        {...(hint !== undefined && { 'aria-describedby': `${id}-hint` })}
        className="size-6 shrink-0 accent-accent"
      />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint !== undefined && (
          <p id={`${id}-hint`} className="text-sm text-soft">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

interface Ties {
  readonly id: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: true;
}

function Field({
  label,
  hint,
  error,
  hideLabel,
  className,
  children,
}: Partial<Around> & { label: string; className?: string | undefined; children: (ties: Ties) => ReactNode }) {
  const id = useId();
  const described = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={className}>
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'mb-1.5 block text-sm font-medium'}>
        {label}
      </label>
      {children({ id, ...(described !== '' && { 'aria-describedby': described }), ...(error !== undefined && { 'aria-invalid': true }) })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="mt-1.5 text-sm text-soft">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className="mt-1.5 text-sm text-bad">
          {error}
        </p>
      )}
    </div>
  );
}

/** Brings whoever sent a form to the first thing that is wrong with it. Put it on the form. */
export function useFocusOnError(problem: Problem | null) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (problem === null) return;
    // Nothing is wrong with what was written, so whoever is writing stays there.
    if (isAway(problem) && form.current?.contains(document.activeElement)) return;
    const first = form.current?.querySelector<HTMLElement>('[aria-invalid], [role="alert"]');
    first?.focus();
  }, [problem]);
  return form;
}
