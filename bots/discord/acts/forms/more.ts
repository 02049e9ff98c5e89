// “Continue”, where messages are not readable for us, and “Ask”, where one that was is empty: a form with the request and its files.

import { askLimits } from '#core/domain/asks/limits.ts';
import { readCustomId } from '../../nonce.ts';
import { readOrigin } from '../../origin.ts';
import { asks } from '../ask.ts';
import type { Doing, InteractionDoor } from '../answer.ts';
import type { ActsDeps } from '../deps.ts';
import { filesField, modal, textField, valuesIn } from './fields.ts';
import { uploaded } from '../files.ts';
import { conversationOf, type Here } from '../place.ts';
import type { Submitted } from '../shapes.ts';

/** The button below a result. */
export const MORE = 'more';
/** The button below our answer to a message whose text we cannot read. */
export const ASK = 'ask';

export function moreModal(customId: string, choice: string): object {
  return modal(customId, choice === MORE ? 'Continue this conversation' : 'Send a request', [
    textField('text', 'Request', { most: askLimits.textCharacters }),
    filesField('files', 'Files', askLimits.files),
  ]);
}

/** null for another form. */
export function goesOn(deps: ActsDeps, here: Here, sent: Submitted, door: InteractionDoor): Doing | null {
  const { choice } = readOrigin(readCustomId(sent.data.custom_id).choice);
  if (choice !== MORE && choice !== ASK) return null;
  const values = valuesIn(sent);
  return asks(deps, here, door, {
    text: values('text')[0] ?? '',
    files: uploaded(sent.data.resolved, values('files')),
    threadRef: conversationOf(here, sent),
  });
}
