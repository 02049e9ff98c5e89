// A person removed a message that had become a request. What waits is canceled; what runs goes on, and its thread offers to
// cancel it. Our copy of the text, and files that came with it, go at once where the task is over, else when it ends.

import {
  goneSchema,
  parseChat,
  removalSchema,
  speakerSchema,
  type GoneInput,
  type RemovalInput,
  type SpeakerInput,
} from '#core/contracts/chats.ts';
import { newId, type LetterId, type TaskId } from '#core/domain/ids.ts';
import { isOver } from '#core/domain/tasks/task.ts';
import type { Seen } from '#core/store/chats/look.ts';
import type { Core } from '../runtime/core.ts';
import { patienceFor, unless, type Wait } from '../runtime/patience.ts';
import { endUnstarted } from '../tasks/control.ts';
import { decided, nothingToShow, type Answered } from './answer.ts';
import { decideOnce, type Deciding, type Outcome } from './decide.ts';
import { onTask } from './rights.ts';
import { speakerDigest } from './speaker-digest.ts';

/** `key` is the message's. Later deliveries of it do nothing. Only whoever asked can remove what they asked. Rejects as `hear` does. */
export async function removed(core: Core, speakerInput: SpeakerInput, removalInput: RemovalInput, wait: Wait = 0): Promise<Answered> {
  const speaker = parseChat(speakerSchema, speakerInput);
  const { key } = parseChat(removalSchema, removalInput);
  const patience = patienceFor(core, wait);
  const look = () => core.store.chats.look({ speaker, channel: null, threadRef: null, key, twin: null });
  const { known } = await patience.during((signal) => unless(signal, look()));
  if (known !== null && known.outcome !== 'task' && known.outcome !== 'refused') return nothingToShow;
  const message = known?.key ?? key;
  const gesture = {
    speaker,
    key: `removed:${message}:${speakerDigest(core, speaker)}`,
    verb: 'chats.removed',
    channel: null,
    patience,
  } as const;
  return decideOnce(core, gesture, (deciding) => remove(deciding, message, known?.taskId ?? null));
}

/**
 * The same where the platform tells neither whose message it was nor who removed it, as when a moderator did: that it is gone is
 * proof enough. Counted by workspace; `too-many` may be told again. A message that we do not know costs one read.
 */
export async function gone(core: Core, input: GoneInput, wait: Wait = 0): Promise<'removed' | 'nothing' | 'too-many'> {
  const { platform, workspace, key } = parseChat(goneSchema, input);
  const place = `${platform}:${workspace ?? ''}`;
  let hasBegun = false;
  const once = async (): Promise<'removed' | 'nothing' | 'too-many'> => {
    const asked = key.startsWith(`${platform}:`) ? await core.store.chats.changes.askedUnder(key) : null;
    if (asked === null || (asked.outcome !== 'task' && asked.outcome !== 'refused')) return 'nothing';
    if ((await core.rates.takeInChat('chats.gone', { person: place, workspace: place })) > 0) return 'too-many';
    hasBegun = true;
    await forgetMessage(core, asked.asker, asked.key);
    core.log.info({ platform }, 'message gone');
    return 'removed';
  };
  return patienceFor(core, wait).during((signal) => unless(signal, once(), () => hasBegun));
}

async function remove({ core, seen }: Deciding, message: string, taskId: TaskId | null): Promise<Outcome> {
  if (taskId !== null && (await onTask(core, seen, taskId))?.own !== true) return decided('nothing', null, { kind: 'nothing' });
  const ended = await forgetMessage(core, seen, message);
  return decided('removed', taskId, { kind: ended.some((how) => how !== 'over') ? 'thread' : 'nothing' });
}

type Asker = Pick<Seen, 'userId' | 'identityId'>;

/** Ends what its asker has under way of it, and says how each task stands. */
async function forgetMessage(core: Core, asker: Asker, message: string): Promise<('canceled' | 'running' | 'over')[]> {
  const tasks = await core.store.chats.changes.remove(message, core.clock.now());
  const ended: ('canceled' | 'running' | 'over')[] = [];
  for (const id of tasks) ended.push(await endOwn(core, asker, id));
  await forgetRemoved(core);
  return ended;
}

async function endOwn(core: Core, asker: Asker, taskId: TaskId): Promise<'canceled' | 'running' | 'over'> {
  const on = await onTask(core, asker, taskId);
  // A repetition that somebody else asked for is theirs.
  if (on === null || !on.own || isOver(on.task.status)) return 'over';
  const { task } = on;
  if (task.status !== 'processing') {
    const { verdict } = await endUnstarted(core, task);
    if (verdict === 'finished') return 'canceled';
    if (verdict === 'over') return 'over';
  }
  const at = core.clock.now();
  const notice = { kind: 'notice', notice: 'request-removed', taskId } as const;
  const readHere = core.settings.readHere.has(task.platform);
  await core.store.chats.changes.noticeOnce(taskId, newId<LetterId>(at.getTime()), notice, readHere, at);
  return 'running';
}

const AT_ONCE = 200;

/** For upkeep too: the text of removed requests goes once their tasks are over. */
export async function forgetRemoved(core: Core): Promise<void> {
  let forgotten = AT_ONCE;
  while (forgotten === AT_ONCE) {
    forgotten = await core.store.chats.changes.forget(core.clock.now(), AT_ONCE);
    if (forgotten > 0) core.log.info({ tasks: forgotten }, 'text of removed requests forgotten');
  }
}
