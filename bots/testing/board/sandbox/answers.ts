// How a bot answers an interaction: with words that only its person sees, or with a form. As on the platforms, the handle
// works for some minutes and a few times.

import { interactionAnswer } from '../events.ts';
import { Refused } from './refused.ts';
import type { Message, State } from './state.ts';

const openMs = 15 * 60_000;
const mostAnswers = 5;

/** What is done once nothing speaks against it. */
export function bindAnswer(state: State, id: string, body: unknown, now: Date): () => Message | Record<string, never> {
  const answer = interactionAnswer.parse(body);
  const interaction = state.interactions.get(id);
  if (interaction === undefined) throw new Refused(404, 'no such interaction');
  if (now.getTime() - Date.parse(interaction.at) > openMs) throw new Refused(410, 'this interaction is over');
  if (interaction.answers >= mostAnswers) throw new Refused(429, 'answered often enough');
  const { channel, thread, person } = interaction;
  if ('form' in answer) {
    if (interaction.kind === 'submitted') throw new Refused(400, 'a form cannot be answered with a form');
    return () => {
      state.answer(id, answer.form);
      return {};
    };
  }
  return () => {
    state.answer(id, null);
    return state.add({ channel, from: null, key: null, text: answer.text, only: person, ...(thread !== '' && { thread }) });
  };
}
