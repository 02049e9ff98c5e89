// What is pressed. `main` is the one thing a page is for, and there is one of it; `danger` takes something away.

import type { ComponentProps, ReactNode } from 'react';
import { Link, useNavigation } from 'react-router';
import { classes } from './classes.ts';

export type ButtonLook = 'main' | 'plain' | 'quiet' | 'danger';

const looks: Record<ButtonLook, string> = {
  main: 'bg-accent text-on-accent hover:bg-accent-strong',
  plain: 'border border-edge bg-surface text-ink hover:bg-sunken',
  quiet: 'text-accent hover:bg-accent-wash',
  danger: 'border border-bad bg-surface text-bad hover:bg-bad-wash',
};

// 44 px is what a thumb needs, 36 px what a pointer does.
export function buttonClass(look: ButtonLook = 'plain', small = false): string {
  return classes(
    'inline-flex items-center justify-center gap-2 rounded-full font-medium whitespace-nowrap transition-colors',
    'disabled:opacity-60 aria-disabled:opacity-60',
    small ? 'min-h-9 px-3.5 text-sm' : 'min-h-11 px-5',
    looks[look],
  );
}

interface Look {
  readonly look?: ButtonLook;
  readonly small?: boolean;
}

/**
 * A button that sends its form. With `intent` it says which of a page's forms or choices was meant, and while that one is
 * under way it says so and cannot be pressed twice.
 */
export function Button({
  look,
  small,
  intent,
  busyWords,
  className,
  children,
  ...rest
}: ComponentProps<'button'> & Look & { intent?: string; busyWords?: string }) {
  const busy = useBusy(intent);
  return (
    <button
      type="submit"
      {...(intent !== undefined && { name: 'intent', value: intent })}
      {...rest}
      disabled={rest.disabled === true || busy}
      className={classes(buttonClass(look, small), className)}
    >
      {busy && busyWords !== undefined ? busyWords : children}
    </button>
  );
}

/** Whether a form with this intent is on its way. */
export function useBusy(intent: string | undefined): boolean {
  const { state, formData } = useNavigation();
  return intent !== undefined && state !== 'idle' && formData?.get('intent') === intent;
}

export function LinkButton({ look, small, className, ...rest }: ComponentProps<typeof Link> & Look) {
  return <Link {...rest} className={classes(buttonClass(look, small), className)} />;
}

/** A picture with a name: for rows of a table and corners of a card. */
export function IconButton({ name, className, children, ...rest }: ComponentProps<'button'> & { name: string; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-label={name}
      title={name}
      {...rest}
      className={classes('inline-grid size-11 place-items-center rounded-full text-soft hover:bg-sunken hover:text-ink', className)}
    >
      {children}
    </button>
  );
}
