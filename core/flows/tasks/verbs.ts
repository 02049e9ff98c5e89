// Work: what it would cost, asking for it, watching it, stopping it.

import type { AskInput } from '#core/contracts/ask.ts';
import { bind } from '../runtime/bind.ts';
import type { Core } from '../runtime/core.ts';
import { patienceFor, type Wait } from '../runtime/patience.ts';
import { approve } from '../approvals/approve.ts';
import { change, draft } from '../approvals/change.ts';
import { cancel, retry } from './control.ts';
import { details, feedback } from './details.ts';
import { examples } from './examples.ts';
import { history, list, people, showTask } from './history.ts';
import { takeAsk, type Taken } from './intake.ts';
import { preview } from './results/preview.ts';

export function taskVerbs(core: Core) {
  return {
    /**
     * Resolves only after the outcome is committed. A refusal is an outcome too: it is stored, and where letters are posted its
     * letter is written. What comes too often is refused without a trace, unless it repeats what has an outcome. Rejects with
     * `database.unavailable` when it could not be written down within 2.5 s after the request came, or within what the door says.
     */
    ask: (input: AskInput, wait?: Wait): Promise<Taken> => takeAsk(core, input, patienceFor(core, wait)),
    ...bind(core, {
      approve,
      change,
      draft,
      cancel,
      retry,
      get: showTask,
      details,
      history,
      list,
      people,
      estimate: preview,
      examples,
      feedback,
    }),
  };
}
