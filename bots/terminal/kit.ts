import { stripVTControlCharacters } from 'node:util';
import type { Kit } from '../testing/kit.ts';
import { widthOf } from '../drawing/width.ts';
import { terminal } from './adapter.ts';
import { limits } from './render.ts';
import { terminalPictures, terminalStyles } from './pictures.ts';

export const terminalKit: Kit<string> = {
  adapter: terminal,
  refs: {
    good: [{ conversation: '0199f000-0000-7000-8000-000000000001' }],
    bad: ['terminal:1', 'terminal:0199f000-0000-7000-8000-00000000000', 'terminal:0199F000-0000-7000-8000-000000000001'],
  },
  lines: (part) => part.split('\n'),
  troubles: (part) => [
    ...(part.length > limits.post ? [`${part.length} characters`] : []),
    ...tooWide(part, 80),
    ...(stripVTControlCharacters(part) === part ? [] : ['sends commands to the terminal']),
  ],
  pictures: terminalPictures,
  styles: terminalStyles,
};

/** An address of ours stays whole, so that it can be copied. */
export function tooWide(text: string, columns: number): string[] {
  return text
    .split('\n')
    .filter((line) => widthOf(line) > columns && !/^\s*https?:\/\/\S+$/.test(line))
    .map((line) => `${widthOf(line)} columns: ${line}`);
}
