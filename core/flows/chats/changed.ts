// A person edited a message that had become a request. What asks for the same changes nothing. Anything else is a new task that
// waits for their approval, because nobody who corrects a sentence means to pay twice; it replaces a task that waits already.

import { editSchema, parseChat, speakerSchema, type EditInput, type SpeakerInput } from '#core/contracts/chats.ts';
import { isSameWork } from '#core/domain/chats/same-work.ts';
import { readAsk } from '#core/domain/asks/read-ask.ts';
import { newId, type LetterId, type TaskId } from '#core/domain/ids.ts';
import type { RefusedSaying } from '#core/domain/messages/letter.ts';
import { isAnswer, refuse } from '#core/domain/refusals/refusal.ts';
import type { Payer } from '#core/store/accounts/payer.ts';
import type { StoredTask } from '#core/store/tasks/tasks.ts';
import type { Core } from '../runtime/core.ts';
import { patienceFor } from '../runtime/patience.ts';
import { takeAsk } from '../tasks/intake.ts';
import { answerOf, answerTaken, decided, isWithin, nothingToShow, toldPrivately, tooOften, type Answered } from './answer.ts';
import { decideOnce, keepDecision, said, type Deciding, type Outcome } from './decide.ts';
import { JudgedBefore, remembered } from './hear.ts';
import { onTask, payerOn } from './rights.ts';

/** `key` is the message's, `at` when this edit was made: the latest edit counts, in whatever order they arrive. */
export async function changed(core: Core, speakerInput: SpeakerInput, editInput: EditInput): Promise<Answered> {
  const speaker = parseChat(speakerSchema, speakerInput);
  const edit = parseChat(editSchema, editInput);
  const { known } = await core.store.chats.look({ speaker, threadRef: null, key: edit.key, twin: null });
  // A request that was refused has nothing that an edit could change.
  if (known?.saying?.kind === 'refused' && !isAnswer((known.saying as RefusedSaying).code))
    return decideOnce(core, speaker, `edit:${known.key}:${edit.at.getTime()}`, 'chats.changed', async () =>
      toldPrivately('nothing', null, { kind: 'notice', notice: 'edited-refused' }),
    );
  // What made no task is no request to change.
  if (known?.outcome !== 'task' || known.taskId === null) return nothingToShow;
  const key = `edit:${known.key}:${edit.at.getTime()}`;
  const seen = await core.store.chats.look({ speaker, threadRef: null, key, twin: null });
  if (seen.known !== null) return answerOf(core, speaker, seen, seen.known, true);
  if (!(await isWithin(core, 'chats.changed', speaker))) return tooOften(core, speaker);
  const deciding: Deciding = { core, speaker, seen };
  const wanted = await said<Wanted>(() => wantedBy(deciding, { ...edit, message: known.key, key }, known.taskId!));
  if ('did' in wanted) return keepDecision(deciding, key, 'chats.changed', wanted);
  const answer = await askEdited(deciding, wanted);
  return answer ?? keepDecision(deciding, key, 'chats.changed', decided('late', null, { kind: 'nothing' }));
}

/** A task, or why there is none. */
async function wantedBy(deciding: Deciding, edit: Edit, firstTask: TaskId): Promise<Outcome | Wanted> {
  const { core, speaker, seen } = deciding;
  const on = await onTask(core, seen, (await core.store.chats.changes.latestEdit(edit.message)) ?? firstTask);
  if (on === null || !on.own || on.task.requestText === '') return decided('nothing', null, { kind: 'nothing' });
  const { task } = on;
  const read = readAsk(edit.text);
  if (isSameWork(task.requestText, read.text) && (read.type ?? task.type) === task.type)
    return decided('same', task.id, { kind: 'nothing' });
  const payer = await payerOn(core, speaker, seen, on);
  if (payer === null || payer.teamId !== task.teamId) throw refuse('not.allowed');
  return { edit, task, payer: { ...payer, identityId: await remembered(core, speaker, seen) } };
}

interface Wanted {
  readonly edit: Edit;
  readonly task: StoredTask;
  readonly payer: Payer;
}

interface Edit {
  readonly key: string;
  readonly message: string;
  readonly text: string;
  readonly at: Date;
}

/** null when a later edit was taken, or the message is gone. */
async function askEdited({ core, speaker, seen }: Deciding, { edit, task, payer }: Wanted): Promise<Answered | null> {
  try {
    const taken = await takeAsk(
      core,
      {
        key: edit.key,
        threadRef: task.threadRef ?? task.address,
        ...(task.channel !== null && { channel: task.channel }),
        from: { kind: 'identity', externalId: speaker.externalId, displayName: speaker.name },
        text: edit.text,
        at: edit.at,
      },
      patienceFor(core),
      undefined,
      {
        payer,
        isEdited: true,
        filesOf: task.id,
        conversationId: task.conversationId,
        async write(row, at) {
          const said = { twin: null, askedBy: payer.identityId, at: edit.at };
          const last = { message: edit.message, at: edit.at, letterId: newId<LetterId>(at.getTime()) };
          const answer = await core.store.chats.edit(row, said, last, at);
          if (answer === 'late' || answer.outcome === 'ignored' || answer.outcome === 'decision') throw new JudgedBefore();
          return answer;
        },
      },
    );
    return await answerTaken(core, speaker, seen, taken);
  } catch (error) {
    if (error instanceof JudgedBefore) return null;
    throw error;
  }
}
