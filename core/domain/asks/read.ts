// What a message asks for, and how much of it. Pure, and linear in the length of the text. Takes text as `readAsk` cleans it.

import { smallTalkIn } from '../talk/small-talk.ts';
import type { Nothing, Reading, ReadingContext } from './reading/reading.ts';
import { workIn } from './work-in.ts';

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

/** Throws a refusal for a quantity that cannot be delivered. */
export function read(text: string, context: ReadingContext): Reading {
  const talk = context.chosen === undefined ? smallTalkIn(text) : null;
  if (talk !== null) return { intent: 'nothing', why: talk.slice('ask.'.length) as Nothing, language: 'en' };
  const { type, because, quantity } = workIn(text, context.chosen);
  return {
    intent: 'work',
    certain: true,
    type,
    reason: because,
    count: quantity && { value: quantity.count, how: quantity.stated ? 'stated' : 'usual' },
    addresses: [],
    files: [],
    leftOut: [],
    language: 'en',
  };
}
