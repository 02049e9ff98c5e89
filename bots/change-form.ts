// The form with which a person changes a request that waits, and what they put into it.

import type { PressInput } from '#core/contracts/chats.ts';
import { isAgentType } from '#core/domain/tasks/agent-type.ts';
import type { ChangeForm } from '#core/flows/chats/answer.ts';

export const changeWords = { title: 'Change request', submit: 'Send request' } as const;

interface Field {
  readonly id: 'text' | 'type' | 'count';
  readonly label: string;
  readonly required: boolean;
  readonly value: string;
}

/** `text` takes several lines, `line` one, `choice` one of `options`. `most`: characters. */
export type ChangeField =
  | (Field & { readonly kind: 'text' | 'line'; readonly most: number })
  | (Field & { readonly kind: 'choice'; readonly options: readonly { readonly id: string; readonly label: string }[] });

/** `most`: characters that a field of the platform takes. null for a request that is longer. */
export function changeFields({ text, textMost, type, types, count }: ChangeForm, most: number): readonly ChangeField[] | null {
  if (text.length > most) return null;
  const options = types.map((each) => ({ id: each, label: labelOf(each) }));
  return [
    { id: 'text', label: 'Request', kind: 'text', required: true, most: Math.min(textMost, most), value: text },
    { id: 'type', label: 'Task type', kind: 'choice', required: true, value: type, options },
    ...(count === null ? [] : [{ id: 'count', label: 'How many', kind: 'line', required: false, most: 9, value: String(count) } as const]),
  ];
}

/** What came back, by the ids of the fields. */
export function filledIn({
  text = '',
  type = '',
  count = '',
}: {
  readonly text?: string | undefined;
  readonly type?: string | undefined;
  readonly count?: string | undefined;
}): NonNullable<PressInput['form']> {
  const number = count.trim();
  return {
    text,
    ...(isAgentType(type) && { type }),
    // What is no number is refused as none at all, with words; left empty, the request itself says how many.
    ...(number !== '' && { count: /^\d+$/.test(number) ? Number(number) : 0 }),
  };
}

export function labelOf(type: string): string {
  return `${type.charAt(0).toUpperCase()}${type.slice(1).replace('-', ' ')}`;
}
