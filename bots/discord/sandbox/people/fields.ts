// The fields of a form, and what was filled in as Discord sends it on.

import { isRecord } from '#bots/stand-in/check.ts';
import { kinds, wordIn, type Piece } from '../checks/components.ts';
import type { SeenField } from '../client.ts';
import type { Component, Form } from '../shapes.ts';
import { PeopleNo } from './act.ts';

/** Kinds of fields, by their component's number. */
const choices: readonly number[] = [kinds.stringSelect, 21, 22];
const mostTyped = 4_000;
const mostFiles = 10;

export function fieldsOf({ components }: Pick<Form, 'components'>): SeenField[] {
  return components.flatMap((part) => {
    const inner = part.type === kinds.label ? part['component'] : (part['components'] as Piece[] | undefined)?.[0];
    if (!isRecord(inner)) return [];
    const hint = wordIn(part, 'description');
    return [{ ...fieldOf(inner, wordIn(part, 'label') || wordIn(inner, 'label')), ...(hint !== '' && { hint }) }];
  });
}

function fieldOf(piece: Piece, label: string): SeenField {
  const type = Number(piece['type']);
  const options = (Array.isArray(piece['options']) ? piece['options'].filter(isRecord) : []).map((each) => ({
    id: String(each['value']),
    label: String(each['label']),
    isDefault: each['default'] === true,
  }));
  const isFiles = type === kinds.fileUpload;
  const isChoice = choices.includes(type);
  return {
    id: String(piece['custom_id']),
    label,
    kind: isFiles ? 'files' : isChoice ? 'choice' : piece['style'] === 2 ? 'text' : 'line',
    required: piece['required'] !== false,
    least: Number(isFiles ? (piece['min_values'] ?? 1) : (piece['min_length'] ?? 0)),
    most: Number(isFiles ? (piece['max_values'] ?? 1) : isChoice ? 1 : (piece['max_length'] ?? mostTyped)),
    value: isChoice ? (options.find(({ isDefault }) => isDefault)?.id ?? '') : typeof piece['value'] === 'string' ? piece['value'] : '',
    options: options.map(({ id, label: words }) => ({ id, label: words })),
  };
}

/** Each part as it is sent. Whatever is not said stays as it was; `files` are ids of what was uploaded. */
export function filledIn(form: Form, values: Readonly<Record<string, string>>, files: readonly string[]): object[] {
  const fields = fieldsOf(form);
  const unknown = Object.keys(values).find((name) => !fields.some(({ id }) => id === name));
  if (unknown !== undefined) throw new PeopleNo('no_such_field');
  if (files.length > 0 && !fields.some(({ kind }) => kind === 'files')) throw new PeopleNo('no_such_field');
  return form.components.map((part) => {
    if (part.type === kinds.text) return { type: kinds.text, id: part.id };
    const inner = (part.type === kinds.label ? part['component'] : (part['components'] as Component[])[0]) as Component;
    const field = fields.find(({ id }) => id === inner['custom_id'])!;
    const sent = {
      type: inner.type,
      id: inner.id,
      custom_id: field.id,
      ...valueOf(inner.type, field, values[field.id] ?? field.value, files),
    };
    return part.type === kinds.label
      ? { type: kinds.label, id: part.id, component: sent }
      : { type: kinds.row, id: part.id, components: [sent] };
  });
}

function valueOf(type: number, { kind, required, least, most, options }: SeenField, value: string, files: readonly string[]): object {
  if (kind === 'files') {
    if (files.length > Math.min(most, mostFiles)) throw new PeopleNo('too_many_files');
    if (required && files.length < Math.max(1, least)) throw new PeopleNo('field_required');
    return { values: files };
  }
  if (required && value === '') throw new PeopleNo('field_required');
  if (value.length > most && kind !== 'choice') throw new PeopleNo('field_too_long');
  if (value !== '' && value.length < least) throw new PeopleNo('field_too_short');
  if (kind !== 'choice') return { value };
  if (value !== '' && !options.some(({ id }) => id === value)) throw new PeopleNo('no_such_option');
  return type === 21 ? { value: value === '' ? null : value } : { values: value === '' ? [] : [value] };
}
