// What a task is doing now, from its events: the steps in the order they began, and a line that says it lives.

import type { Step } from '#core/domain/messages/letter.ts';
import { statusWords } from '#core/domain/tasks/task-view.ts';
import { oneLine } from '../../drawing/fit.ts';
import type { SeenEvent } from '../client/client.ts';
import { stepMarks } from '../render.ts';
import { paint, type Look } from './look.ts';
import type { LiveLine } from './screen.ts';

export interface Progress {
  see(event: SeenEvent): void;
  lines(look: Look, nowMs: number): LiveLine[];
}

const stepsShown = 8;
const longestStep = 200;

export function progressFrom(startMs: number): Progress {
  const steps = new Map<string, Step>();
  let status: string = statusWords.pending;
  return {
    see({ kind, data }) {
      if (kind === 'approval-requested') status = statusWords.awaiting_approval;
      if (kind === 'accepted') status = statusWords.pending;
      if (kind === 'started' || kind === 'agent-accepted') status = statusWords.processing;
      if (kind === 'cancel-requested') status = 'Stopping';
      if (kind !== 'step') return;
      const { id, title, state } = data as { id: string } & Step;
      steps.set(id, { title: oneLine(title, longestStep), state });
    },
    lines(look, nowMs) {
      const shown = [...steps.values()].slice(-stepsShown).map(({ title, state }): LiveLine => {
        const { mark, colour } = stepMarks[state];
        return { text: `  ${mark} ${title}`, paint: (text) => text.replace(mark, paint(look, colour, mark)) };
      });
      return [...shown, { text: `  ${status}  ${minutes(nowMs - startMs)}`, paint: (text) => paint(look, 'dim', text), fleeting: true }];
    },
  };
}

/** "0:07" */
function minutes(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
