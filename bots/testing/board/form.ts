// The form with which a person changes a request that waits, and what they put into it.

import type { PressInput } from '#core/contracts/chats.ts';
import { choiceId } from '#core/domain/messages/choice.ts';
import { isAgentType } from '#core/domain/tasks/agent-type.ts';
import type { ChangeForm } from '#core/flows/chats/answer.ts';
import type { InteractionAnswer } from './events.ts';

/** What a field of the board holds, in characters. */
const fieldMost = 4000;

/** null for a request that is too long for it. */
export function formOf({ taskId, text, textMost, type, types, count }: ChangeForm): Extract<InteractionAnswer, { form: unknown }> | null {
  if (text.length > fieldMost) return null;
  const most = Math.min(textMost, fieldMost);
  const options = types.map((each) => ({ id: each, label: labelOf(each) }));
  return {
    form: {
      // It comes back as a press with the same choice.
      id: choiceId('change', taskId),
      title: 'Change request',
      submit: 'Send request',
      fields: [
        { id: 'text', label: 'Request', kind: 'text', required: true, most, value: text },
        { id: 'type', label: 'Task type', kind: 'choice', required: true, value: type, options },
        ...(count === null ? [] : [{ id: 'count', label: 'How many', kind: 'line' as const, most: 9, value: String(count) }]),
      ],
    },
  };
}

export function filledIn({ text = '', type = '', count = '' }: Readonly<Record<string, string>>): NonNullable<PressInput['form']> {
  return {
    text,
    ...(isAgentType(type) && { type }),
    // What is no number is refused as none at all, with words; left empty, the request itself says how many.
    ...(count.trim() !== '' && { count: /^\d+$/.test(count.trim()) ? Number(count) : 0 }),
  };
}

function labelOf(type: string): string {
  return `${type.charAt(0).toUpperCase()}${type.slice(1).replace('-', ' ')}`;
}
