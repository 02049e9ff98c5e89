// What Discord refuses of components, besides what its published description says.

import { isRecord } from '#bots/stand-in/check.ts';
import type { Complaint } from '../no.ts';

export type Piece = Readonly<Record<string, unknown>>;

export const kinds = {
  row: 1,
  button: 2,
  stringSelect: 3,
  textInput: 4,
  section: 9,
  text: 10,
  thumbnail: 11,
  gallery: 12,
  file: 13,
  separator: 14,
  container: 17,
  label: 18,
  fileUpload: 19,
} as const;

interface Found {
  readonly piece: Piece;
  readonly path: readonly (string | number)[];
}

const mostComponents = 40;
const mostText = 4_000;
const mostLabel = 80;
const mostUrl = 512;
const mostButtons = 5;

/** Every component, each before what is in it. */
export function everyPiece(components: unknown, path: readonly (string | number)[] = ['components']): Found[] {
  if (!Array.isArray(components)) return [];
  return components.filter(isRecord).flatMap((piece, i) => [{ piece, path: [...path, i] }, ...within(piece, [...path, i])]);
}

function within(piece: Piece, path: readonly (string | number)[]): Found[] {
  const single = (['accessory', 'component'] as const).flatMap((name) => {
    const inner = piece[name];
    return isRecord(inner) ? [{ piece: inner, path: [...path, name] }, ...within(inner, [...path, name])] : [];
  });
  return [...everyPiece(piece['components'], [...path, 'components']), ...single];
}

/** `names`: files that the message has. */
export function componentComplaints(components: unknown, names: readonly string[]): Complaint[] {
  const found = everyPiece(components);
  const texts = found.filter(({ piece }) => piece['type'] === kinds.text).map(({ piece }) => wordIn(piece, 'content'));
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  return [
    ...(found.length > mostComponents
      ? [said([], 'BASE_TYPE_BAD_LENGTH', `A message has at most ${mostComponents} components, and not ${found.length}.`)]
      : []),
    ...(length > mostText
      ? [said([], 'BASE_TYPE_MAX_LENGTH', `The texts of all components have at most ${mostText} characters, and not ${length}.`)]
      : []),
    ...repeated(found, 'custom_id', 'COMPONENT_CUSTOM_ID_DUPLICATED'),
    ...repeated(found, 'id', 'COMPONENT_ID_DUPLICATED'),
    ...found.flatMap((each) => pieceComplaints(each, names)),
  ];
}

function pieceComplaints({ piece, path }: Found, names: readonly string[]): Complaint[] {
  if (piece['type'] === kinds.button) return buttonComplaints(piece, path);
  const buttons = piece['type'] === kinds.row && Array.isArray(piece['components']) ? piece['components'].length : 0;
  if (buttons > mostButtons) return [said([...path, 'components'], 'BASE_TYPE_BAD_LENGTH', `A row has at most ${mostButtons} buttons.`)];
  const media = [
    piece['file'],
    piece['media'],
    ...(Array.isArray(piece['items']) ? piece['items'].map((item: Piece) => item['media']) : []),
  ];
  return media.filter(isRecord).flatMap(({ url }) => {
    const [, name] = /^attachment:\/\/(.+)$/.exec(String(url)) ?? [];
    if (name === undefined)
      return piece['type'] === kinds.file
        ? [said([...path, 'file'], 'UNFURLED_MEDIA_ITEM_INVALID', 'A file is one of the attachments.')]
        : [];
    return names.includes(name)
      ? []
      : [said([...path, 'url'], 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND', `No attachment is called ${name}.`)];
  });
}

function buttonComplaints(piece: Piece, path: readonly (string | number)[]): Complaint[] {
  const { style, label, url, custom_id: customId, emoji, disabled: _disabled } = piece;
  const note = (name: string, code: string, message: string) => said([...path, name], code, message);
  return [
    ...(typeof label === 'string' && label.length > mostLabel
      ? [note('label', 'BASE_TYPE_MAX_LENGTH', `At most ${mostLabel} characters.`)]
      : []),
    ...((label === undefined || label === '') && emoji === undefined
      ? [note('label', 'BUTTON_COMPONENT_INVALID', 'A button has a label or an emoji.')]
      : []),
    ...(style === 5 && typeof url !== 'string' ? [note('url', 'BASE_TYPE_REQUIRED', 'A link has an address.')] : []),
    ...(style === 5 && customId !== undefined ? [note('custom_id', 'COMPONENT_CUSTOM_ID_NOT_ALLOWED', 'A link has no custom id.')] : []),
    ...(style !== 5 && style !== 6 && typeof customId !== 'string'
      ? [note('custom_id', 'BASE_TYPE_REQUIRED', 'A button has a custom id.')]
      : []),
    ...(style !== 5 && url !== undefined ? [note('url', 'BUTTON_COMPONENT_URL_NOT_ALLOWED', 'Only links have an address.')] : []),
    ...(typeof url === 'string' && url.length > mostUrl ? [note('url', 'BASE_TYPE_MAX_LENGTH', `At most ${mostUrl} characters.`)] : []),
    ...(typeof url === 'string' && !/^(https?|discord):\/\/[^\s/]/i.test(url)
      ? [note('url', 'URL_TYPE_INVALID_SCHEME', 'Not an address.')]
      : []),
  ];
}

function repeated(found: readonly Found[], field: 'custom_id' | 'id', code: string): Complaint[] {
  const seen = new Set<unknown>();
  return found.flatMap(({ piece, path }) => {
    const value = piece[field];
    if (value === undefined || value === null || value === 0) return [];
    const isKnown = seen.has(value);
    seen.add(value);
    return isKnown ? [said([...path, field], code, `${field} is there twice.`)] : [];
  });
}

/** Words of a field; none where it has none. */
export function wordIn(piece: Piece, field: string): string {
  const value = piece[field];
  return typeof value === 'string' ? value : '';
}

export function said(path: readonly (string | number)[], code: string, message: string): Complaint {
  return { path, code, message };
}
