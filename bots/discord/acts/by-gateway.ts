// Interactions as the gateway tells them: the first answer is a call.

import type { Handler } from '../gateway/dispatch.ts';
import type { Call } from '../api/call.ts';
import type { Acts } from './interaction.ts';

const CALL_MS = 2_500;

/** Never rejects: what Discord tells once must not be told again by ourselves, long after anybody waits for it. */
export function interactionCreate(acts: Acts, call: Call): Handler {
  return async (data, { cameMs }) => {
    await acts.take(data, {
      cameMs,
      async respond({ id, token }, body) {
        const asked = {
          method: 'POST',
          path: `/interactions/${id}/${token}/callback`,
          body,
          as: 'interaction',
        } as const;
        await call(asked, AbortSignal.timeout(CALL_MS));
      },
    });
  };
}
