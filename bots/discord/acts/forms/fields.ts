// Forms, field by field (docs, Component Reference: Label, Text Input, String Select, File Upload).

import type { Submitted } from '../shapes.ts';

/** Discord’s own limits. */
const TITLE_MOST = 45;
const TEXT_MOST = 4_000;
const FIELDS_MOST = 5;

export function modal(customId: string, title: string, fields: readonly object[]): object {
  if (fields.length > FIELDS_MOST) throw new RangeError('a form has at most five fields');
  return { custom_id: customId, title: title.slice(0, TITLE_MOST), components: fields };
}

export function textField(
  id: string,
  label: string,
  is: {
    readonly value?: string;
    readonly most: number;
    readonly required?: boolean;
    readonly isLine?: boolean;
    readonly description?: string;
  },
): object {
  const { value = '', most, required = true, isLine = false, description } = is;
  const style = isLine ? 1 : 2;
  const component = {
    type: 4,
    custom_id: id,
    style,
    max_length: Math.min(most, TEXT_MOST),
    required,
    ...(value !== '' && { value }),
  };
  return labelled(label, description, component);
}

export function choiceField(
  id: string,
  label: string,
  {
    value,
    options,
  }: {
    readonly value: string;
    readonly options: readonly { readonly id: string; readonly label: string }[];
  },
): object {
  const chosen = options.map((each) => ({
    value: each.id,
    label: each.label,
    default: each.id === value,
  }));
  return labelled(label, undefined, { type: 3, custom_id: id, required: true, options: chosen });
}

export function filesField(id: string, label: string, most: number): object {
  return labelled(label, undefined, {
    type: 19,
    custom_id: id,
    min_values: 0,
    max_values: most,
    required: false,
  });
}

function labelled(label: string, description: string | undefined, component: object): object {
  return { type: 18, label, ...(description !== undefined && { description }), component };
}

/** What was put into a field: the text, what was chosen, or the ids of files. */
export function valuesIn({ data: { components } }: Submitted): (id: string) => readonly string[] {
  return (id) => {
    const field = components.find(({ component }) => component?.custom_id === id)?.component;
    return field?.values ?? (field?.value === undefined ? [] : [field.value]);
  };
}
