// Something that cannot be taken back asks once more. It unfolds in place, so it works without JavaScript and by keyboard.

import { useEffect, useState, type ReactNode } from 'react';
import { buttonClass, type ButtonLook } from './button.tsx';
import { classes } from './classes.ts';

/** `children` is the form that really does it, with its own button; `label` opens it. */
export function Confirm({
  label,
  look = 'danger',
  small = false,
  open = false,
  className,
  children,
}: {
  label: ReactNode;
  look?: ButtonLook;
  small?: boolean;
  /** It was opened before, and what was asked for came back. */
  open?: boolean;
  className?: string;
  children: ReactNode;
}) {
  return (
    <details open={open} className={classes('group', className)}>
      <summary className={classes(buttonClass(look, small), 'group-open:hidden')}>{label}</summary>
      <div className="rounded-control border border-hairline bg-sunken p-4 text-left">{children}</div>
    </details>
  );
}

/** The other answer to the question: folds it up again. Without JavaScript its summary does. */
export function KeepGoing() {
  const [hydrated, setHydrated] = useState(false);
  useEffect(() => setHydrated(true), []);
  if (!hydrated) return null;
  return (
    <button
      type="button"
      onClick={({ currentTarget }) => {
        const details = currentTarget.closest('details');
        details?.removeAttribute('open');
        details?.querySelector('summary')?.focus();
      }}
      className={buttonClass('plain', true)}
    >
      Keep going
    </button>
  );
}
