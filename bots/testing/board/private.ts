// What concerns one person, shown to that person alone: as the answer of what they pressed or typed; where that was a message
// or a stop, which cannot be answered, as a post that nobody else sees.

import { PostError } from '#core/ports/poster.ts';
import type { Show } from '#core/flows/chats/answer.ts';
import type { Log } from '#core/ports/log.ts';
import type { BoardEvent, InteractionAnswer } from './events.ts';
import { formOf } from './form.ts';
import { boardCalls, type BoardSettings } from './poster.ts';
import { renderBoard } from './render.ts';

const callMs = 2000;
/** An interaction takes as many. */
const postsMost = 5;
/** How many gestures are remembered as shown. */
const rememberedMost = 1000;

export interface Private {
  /** Shows what is for this person alone, once for each event. Rejects where it may be shown later: the event is then told again. */
  show(event: BoardEvent, show: Show): Promise<void>;
}

export function boardPrivate(settings: BoardSettings, log: Log): Private {
  const call = boardCalls(settings);
  /** A board tells an event more than once, also at the same instant. Another process would show it again, which harms nobody. */
  const shown = new Map<string, Promise<void>>();

  return {
    show(event, show) {
      const answers = answersOf(show);
      if (answers.length === 0) return Promise.resolve();
      const before = shown.get(event.event);
      if (before !== undefined) return before;
      const showing = tell(event, answers).catch((error: unknown) => {
        shown.delete(event.event);
        if (!(error instanceof PostError) || error.kind !== 'never') throw error;
        // It was decided all the same, and nobody can be told any more.
        log.warn({ error, event: event.event }, 'private answer not shown');
      });
      shown.set(event.event, showing);
      if (shown.size > rememberedMost) shown.delete(shown.keys().next().value!);
      return showing;
    },
  };

  async function tell(event: BoardEvent, answers: readonly InteractionAnswer[]) {
    for (const answer of answers) {
      const signal = AbortSignal.timeout(callMs);
      if ('interaction' in event) await call('POST', `interactions/${event.interaction}`, signal, answer);
      else {
        const { channel, thread, from } = event;
        await call('POST', `channels/${channel}/private`, signal, { person: from.id, thread, ...answer });
      }
    }
  }
}

function answersOf(show: Show): readonly InteractionAnswer[] {
  if (show.kind === 'private')
    return renderBoard(show.reply)
      .slice(0, postsMost)
      .map((text) => ({ text }));
  if (show.kind !== 'form') return [];
  return [formOf(show.form) ?? { text: 'This request is too long for a form. Edit your message instead.' }];
}
