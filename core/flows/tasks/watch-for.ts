// What an agent tells while it works, written down as it comes.

import type { AgentStep, AgentWatch } from '#core/ports/agents.ts';
import type { Attempt } from '#core/store/tasks/attempts.ts';
import type { Work } from '#core/store/tasks/work.ts';
import type { Core } from '../runtime/core.ts';
import type { Signals } from './running.ts';

interface Watched {
  readonly core: Core;
  readonly work: Work;
  readonly attempt: Attempt;
  readonly signals: Signals;
}

/** Having been accepted is only worth a line when somebody had to wait for it. */
const WORTH_TELLING_MS = 1_000;

/** `written` resolves when all that was told up to then is written, or could not be: nothing is listed after the end. */
export function watchFor({ core, work, attempt, signals }: Watched): { watch: AgentWatch; written(): Promise<void> } {
  const begunMs = core.clock.now().getTime();
  const pending = new Set<Promise<void>>();
  let isOver = false;
  const tell = (kind: string, data: object) => {
    if (isOver) return;
    const write = core.store.events
      .write({ taskId: work.taskId, teamId: work.teamId, kind, data, at: core.clock.now() })
      .catch((error: unknown) => core.log.warn({ taskId: work.taskId, error }, 'event not written'))
      .finally(() => pending.delete(write));
    pending.add(write);
  };
  return {
    watch: {
      sending: (to) => core.store.attempts.dispatched(attempt, to),
      async accepted() {
        signals.accepted();
        if (core.clock.now().getTime() - begunMs > WORTH_TELLING_MS) tell('agent-accepted', { attempt: attempt.number });
      },
      step: (step: AgentStep) => tell('step', step),
    },
    async written() {
      isOver = true;
      await Promise.all(pending);
    },
  };
}
