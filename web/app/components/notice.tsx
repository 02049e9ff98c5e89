// Something to know. The tone is said by a word and a picture too, never by colour alone.

import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Problem } from '../problem.ts';
import { classes } from './classes.ts';

export type Tone = 'info' | 'good' | 'warn' | 'bad';

const tones = {
  info: { look: 'bg-accent-wash', mark: 'text-accent', Icon: Info },
  good: { look: 'bg-good-wash', mark: 'text-good', Icon: CircleCheck },
  warn: { look: 'bg-warn-wash', mark: 'text-warn', Icon: TriangleAlert },
  bad: { look: 'bg-bad-wash', mark: 'text-bad', Icon: CircleAlert },
} as const;

/** `live`: it appeared because of what the person did, so it is read aloud and can take the focus. */
export function Notice({
  tone = 'info',
  title,
  live = false,
  className,
  children,
}: {
  tone?: Tone;
  title?: ReactNode;
  live?: boolean;
  className?: string;
  children?: ReactNode;
}) {
  const { look, mark, Icon } = tones[tone];
  return (
    <div
      {...(live && { role: tone === 'bad' ? 'alert' : 'status', tabIndex: -1 })}
      className={classes('flex gap-3 rounded-control px-4 py-3', look, className)}
    >
      <Icon aria-hidden className={classes('mt-0.5 size-5 shrink-0', mark)} />
      <div className="words min-w-0">
        {title !== undefined && <p className="font-semibold">{title}</p>}
        {children}
      </div>
    </div>
  );
}

const pageLinks: Readonly<Record<string, string>> = {
  '/buy': 'Get credits',
  '/credits': 'Open credits',
  '/tasks': 'Open history',
  '/dashboard': 'Open your tasks',
  '/team': 'Open team',
  '/team/keys': 'Open API keys',
  '/settings': 'Open settings',
  '/login': 'Log in',
};

/** Why a form was not carried out, and what to do. Fields say for themselves what is wrong with them. */
export function ProblemNotice({ problem, className }: { problem: Problem | null | undefined; className?: string }) {
  if (!problem) return null;
  return (
    <Notice tone={problem.isAnswer ? 'info' : 'bad'} title={problem.sentence} live {...(className !== undefined && { className })}>
      <p>
        {problem.wayForward}
        {problem.page !== null && (
          <>
            {' '}
            <Link to={problem.page}>{pageLinks[problem.page] ?? 'Open page'}</Link>
          </>
        )}
      </p>
      {problem.code === 'our.fault' && <p className="text-sm text-soft">Request {problem.requestId}</p>}
    </Notice>
  );
}
