// What a message asks for, and how much of it. Pure, and linear in the length of the text. Takes text as `readAsk` cleans it.

import { readText } from './reading/reader.ts';
import type { Reading, ReadingContext } from './reading/reading.ts';

export type {
  Choice,
  CountRead,
  Language,
  Nothing,
  NothingRead,
  Reading,
  ReadingContext,
  Unclear,
  UnclearRead,
  WorkRead,
} from './reading/reading.ts';

export function read(text: string, context: ReadingContext): Reading {
  return readText(text, context);
}
