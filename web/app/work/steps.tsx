// What an agent is doing, step by step.

import { Check, Circle, CircleX, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import { useTaskEvents } from '../live.tsx';

export interface Step {
  readonly id: string;
  readonly title: string;
  readonly state: 'running' | 'done' | 'failed';
}

/** What was known when the page was made, and what happened since. */
export function useSteps(taskId: string, known: readonly Step[]): readonly Step[] {
  const [news, setNews] = useState<readonly Step[]>([]);
  useTaskEvents(({ taskId: about, kind, data }) => {
    if (about === taskId && kind === 'step') setNews((before) => [...before.filter(({ id }) => id !== (data as Step).id), data as Step]);
  });
  return [
    ...known.map((step) => news.find(({ id }) => id === step.id) ?? step),
    ...news.filter(({ id }) => known.every((step) => step.id !== id)),
  ];
}

export function Steps({ steps }: { steps: readonly Step[] }) {
  if (steps.length === 0) return null;
  return (
    <ol className="space-y-1.5 text-sm">
      {steps.map(({ id, title, state }) => {
        const { Icon, look, word } = looks[state];
        return (
          <li key={id} className="flex items-start gap-2">
            <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${look}`} />
            <span className="min-w-0 wrap-anywhere">
              {title}
              <span className="sr-only">: {word}</span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}

const looks = {
  done: { Icon: Check, look: 'text-good', word: 'done' },
  running: { Icon: LoaderCircle, look: 'animate-spin text-accent', word: 'running' },
  failed: { Icon: CircleX, look: 'text-bad', word: 'failed' },
  waiting: { Icon: Circle, look: 'text-soft', word: 'waiting' },
} as const;
