// The frame of a page for getting in: one thing to do, in the middle.

import type { ReactNode } from 'react';

export function Door({ title, lead, children, after }: { title: string; lead?: ReactNode; children?: ReactNode; after?: ReactNode }) {
  return (
    <div className="mx-auto w-full max-w-md px-4 py-10 sm:py-16">
      <h1 className="text-3xl font-semibold">{title}</h1>
      {lead !== undefined && <p className="words mt-2 text-soft">{lead}</p>}
      {children !== undefined && (
        <div className="mt-6 rounded-card border border-hairline bg-surface p-5 shadow-card sm:p-6">{children}</div>
      )}
      {after !== undefined && <div className="words mt-5 text-sm text-soft">{after}</div>}
    </div>
  );
}

/** What was typed into a form that came back. */
export function typedIn(answer: unknown, name: string): string {
  if (typeof answer !== 'object' || answer === null || !('values' in answer)) return '';
  const value = (answer.values as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : '';
}
