// What concerns one person, shown to that person alone: as the answer of what they pressed or typed, while its interaction lives;
// later, and where that was a message or a stop, which cannot be answered, as a post that nobody else sees.

import { PostError } from '#core/ports/poster.ts';
import type { Show } from '#core/flows/chats/answer.ts';
import type { Log } from '#core/ports/log.ts';
import type { ReplyHandles } from '#core/ports/reply-handles.ts';
import type { BoardEvent, InteractionAnswer } from './events.ts';
import { formOf } from './form.ts';
import { boardCalls, type BoardSettings } from './poster.ts';
import { renderBoard } from './render.ts';

const callMs = 2000;
/** An interaction takes as many, for as long. */
const postsMost = 5;
const interactionMs = 15 * 60_000;
/** How many gestures are remembered as shown. */
const rememberedMost = 1000;

export interface Private {
  /** Whatever comes of it may take longer than the process lives that heard it: keeps what answers it. */
  expect(event: BoardEvent): Promise<void>;
  /** Shows what is for this person alone, once for each event. Rejects where it may be shown later: the event is then told again. */
  show(event: BoardEvent, show: Show): Promise<void>;
}

export function boardPrivate(settings: BoardSettings, log: Log, handles: ReplyHandles): Private {
  const call = boardCalls(settings);
  /** A board tells an event more than once, also at the same instant. Another process would show it again, which harms nobody. */
  const shown = new Map<string, Promise<void>>();

  return {
    async expect(event) {
      if (!('interaction' in event)) return;
      const expiresAt = new Date(Date.parse(event.at) + interactionMs);
      await handles.keep(handleKey(event), event.interaction, { uses: postsMost, expiresAt });
    },

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
      const interaction = 'interaction' in event ? await handles.find(handleKey(event)) : null;
      if (interaction !== null) await call('POST', `interactions/${interaction}`, signal, answer);
      else if ('text' in answer) {
        const { channel, thread, from } = event;
        await call('POST', `channels/${channel}/private`, signal, { person: from.id, thread, ...answer });
      } else log.warn({ event: event.event }, 'form not shown: its interaction is over');
    }
  }
}

function handleKey({ channel, interaction }: BoardEvent & { readonly interaction: string }): string {
  return `board:${channel}:${interaction}`;
}

function answersOf(show: Show): readonly InteractionAnswer[] {
  if (show.kind === 'private')
    return renderBoard(show.reply)
      .slice(0, postsMost)
      .map((text) => ({ text }));
  if (show.kind !== 'form') return [];
  return [formOf(show.form) ?? { text: 'This request is too long for a form. Edit your message instead.' }];
}
