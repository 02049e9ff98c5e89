// What work a message asks for, and how much of it. Talk around a request names numbers and things that nobody asks for
// now ("Thanks for the 100 leads! Now find 50 more"), so it is left out where a request stands beside it.

import type { AgentType } from '../tasks/agent-type.ts';
import { classify, type Classified } from './classify.ts';
import { withoutNameNumbers } from './name-numbers.ts';
import { quantityIn, type Quantity } from './quantity.ts';
import { askedIn } from '../talk/small-talk.ts';
import { wordsOf } from '../talk/talk-words.ts';
import { nouns } from './work-words.ts';

export interface WorkAsked extends Classified {
  /** null where the type is charged by usage. */
  readonly quantity: Quantity | null;
}

/** Throws a refusal for a quantity that cannot be delivered. */
export function workIn(text: string, chosen?: AgentType): WorkAsked {
  const { asked, withStatements, around } = askedIn(text);
  const read = classify(withoutNameNumbers(around === '' ? asked : namingThing(asked, around)), chosen);
  const quantity = quantityIn(asked, read.type);
  // "We have 200 customers. Email them": a statement may name the number.
  return { ...read, quantity: quantity?.stated === false && withStatements !== asked ? quantityIn(withStatements, read.type) : quantity };
}

/** "These leads are bad, find 100 new ones": only what stands around the request says what the ones are. */
function namingThing(asked: string, around: string): string {
  const thing = wordsOf(around).find((word) => nouns.has(word));
  if (thing === undefined || wordsOf(asked).some((word) => nouns.has(word))) return asked;
  return asked.replace(pointing, (word) => `${word} ${thing}`);
}

const pointing = /\b(?:more|ones|others|another|again|them|these|those|it|extra|rest|missing|same)\b/i;
