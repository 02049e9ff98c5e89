// A name that people give to something of theirs. It is one line. The name of a person or a team ends up in mails to people
// who never asked for them, so it is no place for an address of any kind; a label stays with whoever wrote it.

import { hasAddress } from './address-like.ts';
import { refuse } from '../refusals/refusal.ts';
import { cleanText } from './text.ts';

export const NAME_CHARACTERS = 60;

/** Of a person or a team. Throws `request.invalid`. */
export function readName(text: string, field = 'name'): string {
  return read(text, field, (name) =>
    hasAddress(name) ? 'must be a name, without a web address, an email address or a phone number' : null,
  );
}

/** Of a key, say: it may be called after the machine that uses it. Throws `request.invalid`. */
export function readLabel(text: string, field = 'name'): string {
  return read(text, field, (name) => (/:\/\/|\bwww\./i.test(name) ? 'must be a name, not an address' : null));
}

function read(text: string, field: string, problemOf: (name: string) => string | null): string {
  const name = text.length > TOO_LONG_TO_CLEAN ? text : cleanText(text).replace(/\s+/g, ' ');
  const problem =
    name === ''
      ? 'is missing'
      : Array.from(name).length > NAME_CHARACTERS
        ? `is longer than ${NAME_CHARACTERS} characters`
        : problemOf(name);
  if (problem !== null) throw refuse('request.invalid', { fields: [{ name: field, problem }] });
  return name;
}

const TOO_LONG_TO_CLEAN = 10_000;
