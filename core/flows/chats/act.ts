// Somebody pressed something: a button of ours, a form, or the platform's own stop button. Rights are looked up at the press.

import { parseChat, pressSchema, speakerSchema, type PressGiven, type PressInput, type SpeakerInput } from '#core/contracts/chats.ts';
import { readPress, type Press } from '#core/domain/chats/press.ts';
import { newId, type LetterId, type TaskId } from '#core/domain/ids.ts';
import { never } from '#core/domain/never.ts';
import { refuse, type Refusal } from '#core/domain/refusals/refusal.ts';
import type { Amount } from '#core/domain/credits/credits.ts';
import { isOver, type TaskStatus } from '#core/domain/tasks/task.ts';
import { may } from '#core/domain/team/permission.ts';
import { approveAs } from '../approvals/approve.ts';
import type { Core } from '../runtime/core.ts';
import { patienceFor, type Wait } from '../runtime/patience.ts';
import { retryInChat } from '../tasks/control.ts';
import { feedback } from '../tasks/details.ts';
import { takeFromChat, type Taken } from '../tasks/intake.ts';
import { decided, toldPrivately, type Answered } from './answer.ts';
import { decideOnce, placeOf, type Deciding, type Outcome } from './decide.ts';
import { fromChat, remembered } from './hear.ts';
import { onTask, payerOn, type OnTask } from './rights.ts';
import { stopOne, stopThread } from './stop.ts';

/**
 * Each press has one outcome under its key. A refusal of what was wanted is an outcome too, told to whoever pressed alone.
 * What spends is judged by the rules of the channel where it is pressed. Rejects as `hear` does.
 */
export async function act(core: Core, speakerInput: SpeakerInput, pressInput: PressInput, wait: Wait = 0): Promise<Answered> {
  const speaker = parseChat(speakerSchema, speakerInput);
  const press = parseChat(pressSchema, pressInput);
  const pressed = readPress(press.choice);
  const channel = placeOf(speaker, press);
  const gesture = {
    speaker,
    key: `press:${press.key}`,
    verb: 'chats.act',
    channel,
    direct: press.direct,
    patience: patienceFor(core, wait),
  } as const;
  return decideOnce(core, gesture, (deciding) =>
    pressed === null ? Promise.reject(refuse('choice.unknown')) : doIt(deciding, press, pressed),
  );
}

async function doIt(deciding: Deciding, press: PressGiven, pressed: Press): Promise<Outcome> {
  if (pressed.act === 'stop') return stopThread(deciding, press.threadRef, press.at);
  const on = await onTask(deciding.core, deciding.seen, pressed.taskId);
  if (on === null) throw refuse('task.not-found');
  const outcome = await doOn(deciding, press, pressed.act, on);
  return { ...outcome, teamId: on.task.teamId };
}

async function doOn(deciding: Deciding, press: PressGiven, what: Exclude<Press['act'], 'stop'>, on: OnTask): Promise<Outcome> {
  const { core, seen } = deciding;
  const { task, acting, own } = on;
  switch (what) {
    case 'cancel':
      return stopOne(deciding, on);
    case 'approve':
      if (!own) return notYours(task.id);
      await approveAs(core, acting, task.id, await payerOn(core, deciding.speaker, seen, on));
      return decided('approved', task.id, { kind: 'thread' });
    case 'retry':
      return retried(deciding, press, on);
    case 'change':
      if (!own) return notYours(task.id);
      if (press.form !== undefined) return changedByForm(deciding, press, press.form, on);
      if (task.status !== 'awaiting_approval') throw noLongerWaits(task.status);
      return decided('form', task.id, { kind: 'form', taskId: task.id });
    case 'good':
    case 'bad':
      if (!own && (acting.role === null || !may(acting.role, 'tasks.see'))) return notYours(task.id);
      return thanked(task.id, what, await feedback(core, acting, task.id, what));
    default:
      return never(what);
  }
}

function thanked(taskId: TaskId, verdict: 'good' | 'bad', { returned }: { returned: Amount | null }): Outcome {
  return toldPrivately(`feedback.${verdict}`, taskId, { kind: 'notice', notice: 'feedback', ...(returned !== null && { returned }) });
}

export function notYours(taskId: TaskId | null): Outcome {
  return toldPrivately('not-yours', taskId, { kind: 'notice', notice: 'not-yours' });
}

/** Tries to run a task again that one letter can stand for: far more than a person presses. */
const RETRIES_OF_A_LETTER = 50;

/**
 * The letter's key is the retry's key, so that a double press is one retry. Where that was refused before, as for want of credits,
 * the next press is another try.
 */
async function retried(deciding: Deciding, press: PressGiven, on: OnTask): Promise<Outcome> {
  const { core, speaker, seen } = deciding;
  const { task, acting, own } = on;
  if (!own && (acting.role === null || !may(acting.role, 'tasks.ask'))) return notYours(task.id);
  if (!isOver(task.status)) throw refuse('task.running');
  const payer = await payerOn(core, speaker, seen, on);
  const chat = fromChat(core, payer, { twin: null, askedBy: null, at: null });
  const letter = press.letterKey ?? press.key;
  let taken = await retryInChat(core, acting, task.id, letter, chat);
  for (let n = 2; taken.kind === 'refused' && taken.repeated && n <= RETRIES_OF_A_LETTER; n++)
    taken = await retryInChat(core, acting, task.id, `${letter}:${n}`, chat);
  return startedBy('retried', on, taken);
}

/** One stored outcome: the new task, with the waiting one canceled, or neither. */
async function changedByForm(deciding: Deciding, press: PressGiven, form: NonNullable<PressGiven['form']>, on: OnTask): Promise<Outcome> {
  const { core, speaker, seen, patience } = deciding;
  const { task } = on;
  const payer = await payerOn(core, speaker, seen, on);
  const identityId = await remembered(core, speaker, seen);
  const taken = await takeFromChat(
    core,
    {
      key: `change:${task.id}:${press.key}`,
      threadRef: task.threadRef ?? task.address,
      ...(task.channel !== null && { channel: task.channel }),
      text: form.text,
      ...(form.type !== undefined && { type: form.type }),
      files: [],
      at: press.at,
    },
    patience,
    {
      payer: { ...payer, identityId },
      count: form.count,
      filesOf: task.id,
      conversationId: task.conversationId,
      async write(row, at) {
        const said = { twin: null, askedBy: identityId, at: press.at };
        const answer = await core.store.chats.replace(row, said, { taskId: task.id, letterId: newId<LetterId>(at.getTime()) }, at);
        if (answer === 'over') throw noLongerWaits(((await core.store.tasks.find(task.teamId, task.id)) ?? task).status);
        // It was refused, and forgotten when its message was removed.
        if (answer.outcome === 'ignored' || answer.outcome === 'decision') throw refuse('task.deleted');
        return answer;
      },
    },
  );
  return startedBy('changed', on, taken);
}

/** What does not wait for approval any more can't be changed. */
function noLongerWaits(status: TaskStatus): Refusal {
  return status === 'pending' || status === 'processing' ? refuse('task.started') : refuse('task.over', { status });
}

function startedBy(did: string, { task }: OnTask, taken: Taken): Outcome {
  if (taken.kind !== 'refused') return decided(did, taken.taskId, { kind: 'thread' });
  // Where a letter was written, the thread says why.
  if (taken.conversationId !== null) return decided('refused', task.id, { kind: 'thread' });
  return toldPrivately('refused', task.id, { kind: 'refused', ...taken.refused });
}
