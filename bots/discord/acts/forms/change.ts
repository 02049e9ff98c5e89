// The form with which a person changes a request that waits, and what they put into it.

import { changeFields, changeWords, filledIn, type ChangeField } from '#bots/change-form.ts';
import type { ChangeForm } from '#core/flows/chats/answer.ts';
import { interactionKey } from '../../keys.ts';
import { readCustomId } from '../../nonce.ts';
import { readOrigin } from '../../origin.ts';
import { atOf } from '../../snowflake.ts';
import type { Answer, Doing, InteractionDoor } from '../answer.ts';
import type { ActsDeps } from '../deps.ts';
import { choiceField, modal, textField, valuesIn } from './fields.ts';
import { conversationOf, isPrivateRef, type Here } from '../place.ts';
import type { Submitted } from '../shapes.ts';
import { keepToken } from '../tokens.ts';
import { sayFailed, sayNotAccepted, sayTooMany } from '../words.ts';

/** Characters that a field of Discord takes. */
const FIELD_MOST = 4_000;

/** `customId` is the button’s: what comes back with the form says what it is about. null for a request that is longer than a field. */
export function changeModal(customId: string, form: ChangeForm): object | null {
  const fields = changeFields(form, FIELD_MOST);
  return fields && modal(customId, changeWords.title, fields.map(changeField));
}

function changeField(field: ChangeField): object {
  const { id, label, required, value } = field;
  if (field.kind === 'choice') return choiceField(id, label, { value, options: field.options });
  return textField(id, label, { value, most: field.most, required, isLine: field.kind === 'line' });
}

/** Comes back as a press with the same choice. */
export function changes(deps: ActsDeps, here: Here, sent: Submitted, door: InteractionDoor): Doing {
  const { app, handles, log } = deps;
  const threadRef = conversationOf(here, sent);
  return {
    isPromised: isPrivateRef(threadRef),
    async does(wait, isOpen): Promise<Answer> {
      let isSent = false;
      try {
        if (isOpen) await keepToken(handles, threadRef, door);
        const values = valuesIn(sent);
        const { choice } = readOrigin(readCustomId(sent.data.custom_id).choice);
        const press = {
          key: interactionKey(door.id),
          choice,
          threadRef,
          at: atOf(door.id),
          form: filledIn({
            text: values('text')[0],
            type: values('type')[0],
            count: values('count')[0],
          }),
        };
        isSent = true;
        const { show, did, outcome } = await app.chats.act(
          here.speaker,
          { ...press, ...(here.limitsAs !== undefined && { channel: here.limitsAs }) },
          wait(),
        );
        if (show.kind === 'private') return { kind: 'private', reply: show.reply };
        if (did === 'changed') return { kind: 'nothing' };
        return { kind: 'private', reply: outcome === 'too-many' ? sayTooMany : sayNotAccepted };
      } catch (error) {
        log.warn({ interactionId: door.id, error }, 'form not taken');
        return { kind: 'private', reply: sayFailed(error, isSent) };
      }
    },
  };
}
