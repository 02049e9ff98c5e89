// What an agent made is kept although storage is away for a while. Only that is waited for: a file that is not what the agent
// said it is stays so. Whoever stops the task ends the wait.

import type { FailureCode } from '#core/domain/tasks/failure.ts';
import type { TaskId } from '#core/domain/ids.ts';
import { AgentFileError, type AgentFile } from '#core/ports/agents.ts';
import { FilesError } from '#core/ports/files.ts';
import type { Core } from '../../runtime/core.ts';
import { keepResults, type Kept } from './keep-results.ts';
import type { Signals } from '../running.ts';

/** The work is done and paid for by us, so storage gets this long to come back before it is given up. */
const STORE_WITHIN_MS = 5 * 60_000;
const STORE_AGAIN_MS = 5_000;

/** Why a person has nothing, and then pays nothing. */
export type NotKept = 'canceled' | Extract<FailureCode, 'result.not-kept' | 'result.broken'>;

export interface ResultPlace {
  readonly taskId: TaskId;
  /** That of the attempt. */
  readonly prefix: string;
}

/** Rejects when this process is to end, and for what is neither storage's fault nor the agent's. */
export async function keepPatiently(
  core: Core,
  place: ResultPlace,
  files: readonly AgentFile[],
  { leave, canceled }: Pick<Signals, 'leave' | 'canceled'>,
): Promise<Kept | NotKept> {
  // The agent had finished before it heard that it should stop.
  if (canceled.aborted) return (await keepSoon(core, place, files, { leave })) ?? 'canceled';
  const until = core.clock.now().getTime() + STORE_WITHIN_MS;
  const over = AbortSignal.any([leave, canceled]);
  for (;;) {
    try {
      return await keepResults(core, place.prefix, files, over);
    } catch (error) {
      // Whoever has the attempt next finds the run ended, and stores its files then.
      leave.throwIfAborted();
      if (canceled.aborted) return 'canceled';
      core.log.error({ taskId: place.taskId, error }, 'result files not stored');
      const why = whyNotKept(error);
      if (why === null) throw error;
      if (!why.mayPass || core.clock.now().getTime() >= until) return why.code;
      await core.clock.sleep(STORE_AGAIN_MS, over);
    }
  }
}

function whyNotKept(error: unknown): { code: NotKept; mayPass: boolean } | null {
  if (error instanceof AgentFileError) return { code: 'result.broken', mayPass: error.code === 'agent.unavailable' };
  if (!(error instanceof FilesError)) return null;
  if (error.code === 'file.changed') return { code: 'result.broken', mayPass: false };
  return { code: 'result.not-kept', mayPass: error.code === 'storage.unavailable' };
}

/** Whoever stopped a task waits no longer than this for what was finished before. */
const KEEP_SOON_MS = 15_000;

/** Tries once; null when it could not be kept. Rejects when this process is to end. */
export async function keepSoon(
  core: Core,
  { taskId, prefix }: ResultPlace,
  files: readonly AgentFile[],
  { leave }: Pick<Signals, 'leave'>,
): Promise<Kept | null> {
  const [late, settled] = [new AbortController(), new AbortController()];
  void core.clock.sleep(KEEP_SOON_MS, settled.signal).then(() => late.abort());
  try {
    return await keepResults(core, prefix, files, AbortSignal.any([leave, late.signal]));
  } catch (error) {
    leave.throwIfAborted();
    core.log.error({ taskId, error }, 'files of a stopped task not stored');
    return null;
  } finally {
    settled.abort();
  }
}
