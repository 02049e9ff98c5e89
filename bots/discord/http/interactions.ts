// `/discord/interactions`: the first answer is the answer to the request. What is shown later goes by calls.

import type { Mount } from '#bots/adapter.ts';
import { DiscordAway } from '../api/call.ts';
import type { Acts } from '../acts/interaction.ts';
import { end, readingSigned, type SignedDeps } from './signed.ts';

export const INTERACTIONS_PATH = '/discord/interactions';

export function discordInteractions(acts: Acts, deps: SignedDeps): Mount {
  const read = readingSigned(deps);
  return {
    method: 'POST',
    path: INTERACTIONS_PATH,
    async handle(request, response) {
      const cameMs = performance.now();
      const signed = await read(request, response);
      if (signed === null) return;
      const isKnown = await acts.take(signed.body, {
        cameMs,
        respond: (_to, body) =>
          end(response, 200, body).catch((error: unknown) => Promise.reject(new DiscordAway('not answered', true, { cause: error }))),
      });
      // Told twice at once, it was answered by the first.
      if (!response.headersSent) await end(response, isKnown ? 202 : 400).catch(() => undefined);
    },
  };
}
