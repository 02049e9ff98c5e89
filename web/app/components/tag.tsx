// A word in a pill: a status, a role, a kind.

import type { ReactNode } from 'react';
import { classes } from './classes.ts';

export type TagTone = 'plain' | 'accent' | 'good' | 'warn' | 'bad';

const tones: Record<TagTone, string> = {
  plain: 'bg-sunken text-ink',
  accent: 'bg-accent-wash text-accent',
  good: 'bg-good-wash text-good',
  warn: 'bg-warn-wash text-warn',
  bad: 'bg-bad-wash text-bad',
};

export function Tag({ tone = 'plain', className, children }: { tone?: TagTone; className?: string; children: ReactNode }) {
  return (
    <span
      className={classes(
        'inline-flex items-center gap-1 rounded-full px-2.5 py-0.5 text-xs font-medium whitespace-nowrap',
        tones[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}

/** A task's status in its own words ("Working on it"). */
export function StatusTag({ status, words }: { status: string; words: string }) {
  return <Tag tone={statusTones[status] ?? 'plain'}>{words}</Tag>;
}

const statusTones: Record<string, TagTone> = {
  awaiting_approval: 'warn',
  pending: 'plain',
  processing: 'accent',
  completed: 'good',
  failed: 'bad',
  canceled: 'plain',
};
