// A name that people give to something of theirs: a team, a key. It is one line, and it ends up in mails to people who never
// asked for them, so it is no place for addresses of pages.

import { refuse } from './refusal.ts';
import { cleanText } from './text.ts';

export const NAME_CHARACTERS = 60;

/** Throws `request.invalid`. */
export function readName(text: string, field = 'name'): string {
  const name = text.length > TOO_LONG_TO_CLEAN ? text : cleanText(text).replace(/\s+/g, ' ');
  const problem =
    name === ''
      ? 'is missing'
      : Array.from(name).length > NAME_CHARACTERS
        ? `is longer than ${NAME_CHARACTERS} characters`
        : /:\/\/|\bwww\./i.test(name)
          ? 'must be a name, not an address'
          : null;
  if (problem !== null) throw refuse('request.invalid', { fields: [{ name: field, problem }] });
  return name;
}

const TOO_LONG_TO_CLEAN = 10_000;
