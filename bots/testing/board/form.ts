// The form with which a person changes a request that waits, as the board takes it.

import { changeFields, changeWords } from '#bots/change-form.ts';
import { choiceId } from '#core/domain/messages/choice.ts';
import type { ChangeForm } from '#core/flows/chats/answer.ts';
import type { InteractionAnswer } from './events.ts';

/** What a field of the board holds, in characters. */
const fieldMost = 4000;

/** null for a request that is too long for it. */
export function formOf(form: ChangeForm): Extract<InteractionAnswer, { form: unknown }> | null {
  const fields = changeFields(form, fieldMost);
  if (fields === null) return null;
  const withOptions = fields.map((each) => ({ ...each, options: each.kind === 'choice' ? [...each.options] : [] }));
  // It comes back as a press with the same choice.
  return { form: { id: choiceId('change', form.taskId), ...changeWords, fields: withOptions } };
}
