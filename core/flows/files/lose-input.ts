// The end of a task whose files could not all be had. It waits until it is known of each file whether it can be had, so that its
// person is told of all of them at once, but never long: the answer will not change.

import { NO_CREDITS } from '#core/domain/credits/credits.ts';
import { safeFileName } from '#core/domain/files/file-name.ts';
import type { LostInputReason } from '#core/domain/files/lost-input.ts';
import { newId } from '#core/domain/ids.ts';
import type { WaitingInput } from '#core/store/files/waiting-inputs.ts';
import type { Core } from '../runtime/core.ts';

/** As long as one file may take to arrive. */
export const OTHERS_WITHIN_MS = 60_000;

export async function lose(core: Core, input: WaitingInput, why: LostInputReason): Promise<void> {
  await core.store.waitingInputs.lost(input, why, new Date(core.clock.now().getTime() + OTHERS_WITHIN_MS));
  await endWithoutLost(core, input, 'when known');
}

/** Ends the task if a file of it is lost: now, or when nothing is left to wait for. Repeats change nothing. */
export async function endWithoutLost(
  core: Core,
  { taskId, teamId, type, platform }: WaitingInput,
  when: 'now' | 'when known',
): Promise<void> {
  const notHere = await core.store.waitingInputs.notHere(taskId);
  if (notHere.lost.length === 0 || (when === 'when known' && notHere.open > 0)) return;
  const at = core.clock.now();
  const lost = notHere.lost.map(({ name, why }) => ({ name: safeFileName(name), why }));
  await core.store.finish(
    {
      taskId,
      teamId,
      attempt: null,
      status: 'failed',
      charge: NO_CREDITS,
      result: null,
      failure: { code: 'inputs.missing', lost },
      usage: null,
      outcome: null,
      letterId: newId(at.getTime()),
      saying: { kind: 'failed', taskId, type, code: 'inputs.missing', lost },
      readHere: core.settings.readHere.has(platform),
      files: [],
    },
    at,
  );
}
