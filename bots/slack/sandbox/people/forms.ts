// Views as people fill them in: their fields, and what was typed as Slack sends it on.

import { isRecord } from '../checks/check.ts';
import type { OpenView } from '../shapes.ts';
import { PeopleNo } from '#bots/stand-in/people.ts';

export interface Field {
  /** `<block_id>/<action_id>`. */
  readonly id: string;
  readonly block: string;
  readonly label: string;
  readonly kind: 'line' | 'text' | 'choice';
  readonly type: string;
  readonly required: boolean;
  readonly most: number;
  readonly value: string;
  readonly options: readonly { readonly id: string; readonly label: string }[];
}

type Json = Readonly<Record<string, unknown>>;

/** Longest that Slack lets anybody type. */
const mostTyped = 3000;

export function fieldsOf({ view }: Pick<OpenView, 'view'>): Field[] {
  return (view['blocks'] as Json[]).flatMap((block) => {
    if (block['type'] !== 'input') return [];
    const element = block['element'] as Json;
    const type = String(element['type']);
    const options = optionsOf(element);
    const initial = element['initial_option'];
    return [
      {
        id: `${String(block['block_id'])}/${String(element['action_id'])}`,
        block: String(block['block_id']),
        label: textOf(block['label']),
        kind: options.length > 0 ? ('choice' as const) : element['multiline'] === true ? ('text' as const) : ('line' as const),
        type,
        required: block['optional'] !== true,
        most: typeof element['max_length'] === 'number' ? element['max_length'] : mostTyped,
        value: isRecord(initial) ? String(initial['value']) : typeof element['initial_value'] === 'string' ? element['initial_value'] : '',
        options,
      },
    ];
  });
}

/** What is sent: by block, then by action. Whatever is not said stays as it was. */
export function stateValues(view: OpenView, values: Readonly<Record<string, string>>): Json {
  const fields = fieldsOf(view);
  const unknown = Object.keys(values).find((name) => !fields.some((field) => isNamed(field, name)));
  if (unknown !== undefined) throw new PeopleNo('no_such_field');
  return Object.fromEntries(
    fields.map((field) => {
      const { id, block, type, required, most, options } = field;
      const name = Object.keys(values).find((each) => isNamed(field, each));
      const value = name === undefined ? field.value : values[name]!;
      if (required && value.trim() === '') throw new PeopleNo('field_required');
      if (value.length > most) throw new PeopleNo('field_too_long');
      const option = options.find((each) => each.id === value);
      if (options.length > 0 && value !== '' && option === undefined) throw new PeopleNo('no_such_option');
      const typed =
        options.length > 0
          ? {
              type,
              selected_option: option === undefined ? null : { text: { type: 'plain_text', text: option.label, emoji: true }, value },
            }
          : { type, value: value === '' ? null : value };
      return [block, { [id.slice(block.length + 1)]: typed }];
    }),
  );
}

/** A field is named in whole, by its block or by its action. */
function isNamed({ id, block }: Field, name: string): boolean {
  return name === id || name === block || name === id.slice(block.length + 1);
}

function optionsOf(element: Json): { id: string; label: string }[] {
  const groups = Array.isArray(element['option_groups'])
    ? (element['option_groups'] as Json[]).flatMap((group) => group['options'] as Json[])
    : [];
  const options = Array.isArray(element['options']) ? (element['options'] as Json[]) : groups;
  return options.map((option) => ({ id: String(option['value']), label: textOf(option['text']) }));
}

export function textOf(text: unknown): string {
  return isRecord(text) ? String(text['text']) : '';
}
