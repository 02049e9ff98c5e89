// A person edited a message that had become a request. What asks for the same changes nothing. Anything else is a new task that
// waits for their approval, because nobody who corrects a sentence means to pay twice; it replaces a task that waits already. The
// rules of the channel hold for it as for a new message.

import { editSchema, parseChat, speakerSchema, type EditInput, type SpeakerInput } from '#core/contracts/chats.ts';
import { isSameWork } from '#core/domain/chats/same-work.ts';
import { channelOfThread } from '#core/domain/chats/speaker.ts';
import { contextOf, readAsk, withContext } from '#core/domain/asks/read-ask.ts';
import { newId, type LetterId, type TaskId } from '#core/domain/ids.ts';
import type { RefusedSaying } from '#core/domain/messages/letter.ts';
import { isAnswer } from '#core/domain/refusals/refusal.ts';
import type { Payer } from '#core/store/accounts/payer.ts';
import type { StoredTask } from '#core/store/tasks/tasks.ts';
import type { Core } from '../runtime/core.ts';
import { patienceFor, unless, type Wait } from '../runtime/patience.ts';
import { takeFromChat } from '../tasks/intake.ts';
import { answerTaken, decided, nothingToShow, toldPrivately, type Answered } from './answer.ts';
import { decideOnce, keepDecision, onceInTime, said, type Deciding, type Gesture, type Outcome } from './decide.ts';
import { hearMessage, JudgedBefore, remembered } from './hear.ts';
import { onTask, payerOn } from './rights.ts';

/** Platforms tell a message again for some minutes. An older one that we do not know was not for us. */
const EARLY_MS = 10 * 60_000;

/**
 * `key` is the message's, `at` when this edit was made: the latest edit counts, in whatever order they arrive. An edit that comes
 * before its message is the message: told afterwards, that one changes nothing. Rejects as `hear` does.
 */
export async function changed(core: Core, speakerInput: SpeakerInput, editInput: EditInput, wait: Wait = 0): Promise<Answered> {
  const speaker = parseChat(speakerSchema, speakerInput);
  const edit = parseChat(editSchema, editInput);
  const patience = patienceFor(core, wait);
  const look = () => core.store.chats.look({ speaker, channel: null, threadRef: null, key: edit.key, twin: null });
  const { known } = await patience.during((signal) => unless(signal, look()));
  if (known === null) {
    const { message, text } = edit;
    if (message === undefined || message.at.getTime() < core.clock.now().getTime() - EARLY_MS) return nothingToShow;
    const heard = await hearMessage(core, speaker, { ...message, key: edit.key, text }, patience);
    // The message was taken in this moment.
    return heard.repeated ? changed(core, speakerInput, { ...edit, message: undefined }, wait) : heard;
  }
  const key = `edit:${known.key}:${edit.at.getTime()}`;
  const gesture: Gesture = { speaker, key, verb: 'chats.changed', channel: null, patience };
  // A request that was refused has nothing that an edit could change.
  if (known.saying?.kind === 'refused' && !isAnswer((known.saying as RefusedSaying).code))
    return decideOnce(core, gesture, async () => toldPrivately('nothing', null, { kind: 'notice', notice: 'edited-refused' }));
  // What made no task is no request to change.
  const { outcome, taskId } = known;
  if (outcome !== 'task' || taskId === null) return nothingToShow;
  return onceInTime(core, gesture, async (deciding, signal) => {
    const wanted = await said<Wanted>(() => wantedBy(deciding, { ...edit, message: known.key, key }, taskId));
    if ('did' in wanted) return keepDecision(deciding, gesture, wanted, signal);
    return (await askEdited(deciding, wanted)) ?? keepDecision(deciding, gesture, decided('late', null, { kind: 'nothing' }), signal);
  });
}

/** A task, or why there is none. */
async function wantedBy(deciding: Deciding, edit: Edit, firstTask: TaskId): Promise<Outcome | Wanted> {
  const { core, speaker, seen } = deciding;
  const on = await onTask(core, seen, (await core.store.chats.changes.latestEdit(edit.message)) ?? firstTask);
  if (on === null || !on.own || on.task.requestText === '') return decided('nothing', null, { kind: 'nothing' });
  const { task } = on;
  const text = withContext(edit.text, contextOf(task.requestText, edit.before ?? edit.text));
  const read = readAsk(text);
  if (isSameWork(task.requestText, read.text) && (read.type ?? task.type) === task.type)
    return decided('same', task.id, { kind: 'nothing' });
  // An edit names no channel, so whose rules hold is only known by now.
  const channel = channelOfThread(task.threadRef ?? task.address);
  const here = await core.store.chats.look({ speaker, channel, threadRef: null, key: edit.key, twin: null });
  const payer = await payerOn(core, speaker, here, on);
  return { edit: { ...edit, text }, task, payer: { ...payer, identityId: await remembered(core, speaker, seen) } };
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
  readonly before?: string | undefined;
  readonly at: Date;
}

/** null when a later edit was taken, or the message is gone. */
async function askEdited({ core, speaker, seen, patience }: Deciding, { edit, task, payer }: Wanted): Promise<Answered | null> {
  try {
    const taken = await takeFromChat(
      core,
      {
        key: edit.key,
        threadRef: task.threadRef ?? task.address,
        ...(task.channel !== null && { channel: task.channel }),
        text: edit.text,
        files: [],
        at: edit.at,
      },
      patience,
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
