// What somebody asked for, as it stands in a conversation.

import type { ReactNode } from 'react';
import { work as words } from '../texts/work.ts';

/** A longer request is folded behind its beginning. */
const FOLDED_FROM = 700;
const BEGINNING = 400;
const LINES_MOST = 12;

export function Asked({ text, children }: { text: string; children?: ReactNode }) {
  const lines = text.split('\n');
  const isLong = text.length > FOLDED_FROM || lines.length > LINES_MOST;
  const beginning = lines
    .slice(0, LINES_MOST / 2)
    .join('\n')
    .slice(0, BEGINNING);
  return (
    <div className="flex flex-col items-end gap-1">
      <div dir="auto" className="max-w-[85%] rounded-card bg-accent-wash px-4 py-2.5 whitespace-pre-wrap wrap-anywhere">
        {isLong ? (
          <details className="group">
            <summary className="list-none [&::-webkit-details-marker]:hidden">
              <span className="group-open:hidden">{beginning}… </span>
              <span className="text-sm text-accent underline underline-offset-2">
                <span className="group-open:hidden">{words.showAll}</span>
                <span className="hidden group-open:inline">{words.showLess}</span>
              </span>
            </summary>
            <p className="mt-2">{text}</p>
          </details>
        ) : (
          <p>{text}</p>
        )}
      </div>
      {children !== undefined && <p className="px-1 text-sm text-soft">{children}</p>}
    </div>
  );
}
