// Rows and columns. On a narrow screen the table scrolls inside its own frame, never the page.

import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';

/** `name` is read aloud: what the table is of. */
export function Table({ name, children }: { name: string; children: ReactNode }) {
  return (
    // A frame that scrolls must be reachable by keyboard (WCAG 2.1.1).
    <div className="relative overflow-x-auto" role="region" aria-label={name} tabIndex={0}>
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{name}</caption>
        {children}
      </table>
    </div>
  );
}

export function Th({ numeric = false, className, ...rest }: ComponentProps<'th'> & { numeric?: boolean }) {
  return (
    <th
      scope="col"
      {...rest}
      className={classes(
        'border-b border-hairline px-3 py-2.5 font-medium whitespace-nowrap text-soft first:pl-5 last:pr-5 sm:first:pl-6 sm:last:pr-6',
        numeric ? 'text-right' : 'text-left',
        className,
      )}
    />
  );
}

/** Numbers are right-aligned with figures of one width, so that they can be compared down the column. */
export function Td({ numeric = false, className, ...rest }: ComponentProps<'td'> & { numeric?: boolean }) {
  return (
    <td
      {...rest}
      className={classes(
        'border-b border-hairline px-3 py-3 align-top first:pl-5 last:pr-5 sm:first:pl-6 sm:last:pr-6',
        numeric ? 'numbers text-right whitespace-nowrap' : 'text-left',
        className,
      )}
    />
  );
}

export function Tr({ className, ...rest }: ComponentProps<'tr'>) {
  return <tr {...rest} className={classes('last:[&>td]:border-b-0', className)} />;
}
