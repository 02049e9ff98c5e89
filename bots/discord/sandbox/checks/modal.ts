// What Discord refuses of a form, besides what its published description says.

import { isRecord } from '#bots/stand-in/check.ts';
import type { Complaint } from '../no.ts';
import { everyPiece, kinds, said, type Piece } from './components.ts';

const mostParts = 5;

export function modalComplaints(data: Readonly<Record<string, unknown>>): Complaint[] {
  const parts = Array.isArray(data['components']) ? data['components'].filter(isRecord) : [];
  const found = everyPiece(parts);
  const ids = found.flatMap(({ piece, path }) => (typeof piece['custom_id'] === 'string' ? [{ id: piece['custom_id'], path }] : []));
  return [
    ...(parts.length > mostParts ? [said(['data', 'components'], 'BASE_TYPE_BAD_LENGTH', `A form has at most ${mostParts} parts.`)] : []),
    ...ids.flatMap(({ id, path }, i) =>
      ids.findIndex((each) => each.id === id) < i
        ? [said(['data', ...path], 'COMPONENT_CUSTOM_ID_DUPLICATED', 'This custom id is there twice.')]
        : [],
    ),
    ...found.flatMap(({ piece, path }) => inputComplaints(piece).map((words) => said(['data', ...path], 'BASE_TYPE_BAD_LENGTH', words))),
  ];
}

function inputComplaints(piece: Piece): string[] {
  const { type, value, min_length: least = 0, max_length: most = 4_000, min_values: fewest = 1, max_values: mostOf = 1, options } = piece;
  if (type === kinds.textInput)
    return [
      ...(Number(least) > Number(most) ? ['Its least length is above its most.'] : []),
      ...(typeof value === 'string' && value !== '' && (value.length > Number(most) || value.length < Number(least))
        ? ['What stands in it is not as long as it has to be.']
        : []),
    ];
  const count = Array.isArray(options) ? options.length : Infinity;
  const isMany = type === kinds.stringSelect || type === kinds.fileUpload;
  return isMany && (Number(fewest) > Number(mostOf) || Number(mostOf) > count) ? ['It cannot have so many values.'] : [];
}
