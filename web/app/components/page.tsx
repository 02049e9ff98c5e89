// The frame of a page of the portal: one title, what can be done here, and the content on one grid.

import type { ReactNode } from 'react';
import { classes } from './classes.ts';

/** `narrow` for forms and reading, `wide` for tables. */
export function Page({
  title,
  lead,
  actions,
  width = 'wide',
  children,
}: {
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  width?: 'narrow' | 'wide';
  children: ReactNode;
}) {
  return (
    <div className={classes('mx-auto w-full px-4 py-8 sm:px-6 sm:py-10', width === 'narrow' ? 'max-w-2xl' : 'max-w-6xl')}>
      <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-4 sm:mb-8">
        <div className="min-w-0">
          <h1 className="text-3xl font-semibold wrap-anywhere">{title}</h1>
          {lead !== undefined && <p className="mt-1.5 text-soft">{lead}</p>}
        </div>
        {actions !== undefined && <div className="flex flex-wrap gap-3">{actions}</div>}
      </header>
      <div className="space-y-6 sm:space-y-8">{children}</div>
    </div>
  );
}

/** One thing with a heading. `flush` lets a table reach the edges. */
export function Card({
  title,
  lead,
  actions,
  flush = false,
  className,
  children,
}: {
  title?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  flush?: boolean;
  className?: string;
  children?: ReactNode;
}) {
  return (
    <section className={classes('min-w-0 rounded-card border border-hairline bg-surface shadow-card', className)}>
      {(title !== undefined || actions !== undefined) && (
        <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3 px-5 pt-5 sm:px-6">
          <div className="min-w-0 flex-1 basis-48">
            {title !== undefined && <h2 className="text-lg font-semibold">{title}</h2>}
            {lead !== undefined && <p className="mt-1 text-sm text-soft">{lead}</p>}
          </div>
          {actions !== undefined && <div className="flex max-w-full min-w-0 flex-wrap gap-2">{actions}</div>}
        </div>
      )}
      <div className={flush ? 'pt-4' : 'p-5 sm:p-6'}>{children}</div>
    </section>
  );
}

/** A number that matters, with what it is. */
export function Figure({ label, value, note }: { label: string; value: ReactNode; note?: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-sm text-soft">{label}</dt>
      <dd className="numbers mt-0.5 text-2xl font-semibold">{value}</dd>
      {note !== undefined && <dd className="mt-0.5 text-sm text-soft">{note}</dd>}
    </div>
  );
}

/** What is here once there is something, and how to get there. */
export function Empty({ icon, title, children, actions }: { icon?: ReactNode; title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="words mx-auto max-w-md px-6 py-12 text-center">
      {icon !== undefined && (
        <div aria-hidden className="mx-auto mb-4 grid size-12 place-items-center rounded-full bg-sunken text-soft">
          {icon}
        </div>
      )}
      <p className="font-medium">{title}</p>
      {children !== undefined && <div className="mt-1 text-soft">{children}</div>}
      {actions !== undefined && <div className="mt-5 flex flex-wrap justify-center gap-3">{actions}</div>}
    </div>
  );
}
