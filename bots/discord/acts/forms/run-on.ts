// “Run on this”, on a message: a form asks what is to be done with it. The message itself is only shown to us with the command, so it is
// kept, sealed, until the form comes back.

import { z } from 'zod';
import { askLimits } from '#core/domain/asks/limits.ts';
import { interactionKey } from '../../keys.ts';
import { asks } from '../ask.ts';
import { plainWords } from '../../said/mentions.ts';
import type { Answer, Doing, InteractionDoor } from '../answer.ts';
import type { ActsDeps } from '../deps.ts';
import { filesField, modal, textField, valuesIn } from './fields.ts';
import { filesOf, uploaded } from '../files.ts';
import { isPrivateRef, threadOf, type Here } from '../place.ts';
import type { Given, SeenMessage, Submitted } from '../shapes.ts';
import { sayFormExpired, sayNotTaken, sayUnknown } from '../words.ts';

const PREFIX = 'run:';
/** A form that nobody sends within the hour has been closed. */
const KEPT_MS = 60 * 60_000;
/** Sent again after it was refused, it is found again. */
const USES = 20;

const fileSchema = z.object({
  kind: z.literal('remote'),
  name: z.string(),
  mime: z.string(),
  sizeBytes: z.number(),
  ref: z.string(),
});
const keptSchema = z.object({ text: z.string(), files: z.array(fileSchema) });

export async function opensRunOn({ handles, settings, clock, log }: ActsDeps, here: Here, made: Given): Promise<Answer> {
  const { target_id: target = '', resolved } = made.data;
  const message = resolved?.messages?.[target];
  if (message === undefined) return { kind: 'private', reply: sayUnknown };
  const files = filesOf(message, here.guild !== null && here.mayPost);
  const text = textOf(message, settings.applicationId);
  const kept: z.input<typeof keptSchema> = {
    text,
    files: files.filter((file) => file.kind === 'remote'),
  };
  try {
    const until = { uses: USES, expiresAt: new Date(clock.now().getTime() + KEPT_MS) };
    await handles.keep(keptAs(made.id), JSON.stringify(kept), until);
  } catch (error) {
    log.warn({ interactionId: made.id, error }, 'message not kept for its form');
    return { kind: 'private', reply: sayNotTaken };
  }
  const isEmpty = text === '' && files.length === 0;
  return {
    kind: 'modal',
    modal: modal(`${PREFIX}${made.id}:${target}`, 'Run on this message', [
      textField('text', 'Request', {
        most: askLimits.textCharacters,
        required: isEmpty,
        ...(!isEmpty && { description: 'Leave this empty to use the message as your request.' }),
      }),
      filesField('files', 'More files', askLimits.files),
    ]),
  };
}

/** null for another form. */
export function runsOn(deps: ActsDeps, here: Here, sent: Submitted, door: InteractionDoor): Doing | null {
  const [, command, message] = /^run:(\d{17,20}):(\d{17,20})$/.exec(sent.data.custom_id) ?? [];
  if (command === undefined || message === undefined) return null;
  const threadRef = threadOf(here, message, door.id);
  return {
    isPromised: isPrivateRef(threadRef),
    async does(wait, isOpen) {
      const kept = await keptOf(deps, command);
      if (kept === 'away') return { kind: 'private', reply: sayNotTaken };
      if (kept === null) return { kind: 'private', reply: sayFormExpired };
      const { text, files } = kept;
      const values = valuesIn(sent);
      const words = (values('text')[0] ?? '').trim();
      const wanted = {
        // Whoever wrote the message need not be the person who asks: it counts for nothing but what it is about.
        ...(words === '' ? { text, context: undefined } : { text: words, context: text }),
        files: [...uploaded(sent.data.resolved, values('files')), ...files],
        threadRef,
      };
      return asks(deps, here, door, wanted).does(wait, isOpen);
    },
  };
}

async function keptOf({ handles, log }: ActsDeps, command: string): Promise<z.output<typeof keptSchema> | null | 'away'> {
  try {
    const found = await handles.find(keptAs(command));
    return found === null ? null : keptSchema.parse(JSON.parse(found));
  } catch (error) {
    log.warn({ interactionId: command, error }, 'message of a form not found');
    return 'away';
  }
}

function keptAs(interaction: string): string {
  return `${interactionKey(interaction)}:run-on`;
}

/** With what was forwarded, as people read it. */
function textOf({ content = '', mentions, message_snapshots: forwarded = [] }: SeenMessage, me: string): string {
  const all = [content, ...forwarded.map(({ message }) => message.content ?? '')].map((each) =>
    plainWords(each, mentions, { me, roles: [] }),
  );
  return all
    .filter((each) => each !== '')
    .join('\n\n')
    .slice(0, askLimits.textCharacters);
}
