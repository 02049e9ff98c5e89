// A workspace may take a scope away from the app at any time, and Slack says so only when a call needs it. What the token has is then
// looked up, so that the team reads on its page of workspaces that the app has to be installed again.

import { z } from 'zod';
import type { Context } from '#bots/adapter.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Call } from '../api/call.ts';

export interface ScopeWatch {
  /** A call with this token was refused for want of a scope. */
  lacking(token: string): void;
  /** Resolves when all that was begun has ended. */
  ended(): Promise<void>;
}

const CALL_MS = 5_000;
/** Whoever lacks one scope lacks it in many calls. */
const AGAIN_MS = 10 * 60_000;
const KEPT_MOST = 2_000;

export function watchScopes({
  app,
  call,
  clock,
  log,
}: {
  readonly app: { readonly workspaces: Pick<Context<unknown>['app']['workspaces'], 'scopesSeen'> };
  readonly call: Call;
  readonly clock: Clock;
  readonly log: Log;
}): ScopeWatch {
  /** When each token was looked at last. */
  const looked = new Map<string, number>();
  const underWay = new Set<Promise<void>>();

  async function look(token: string): Promise<void> {
    const { team_id: externalId, response_metadata: about } = meSchema.parse(
      await call('auth.test', token, {}, AbortSignal.timeout(CALL_MS)),
    );
    await app.workspaces.scopesSeen({ platform: 'slack', externalId, scopes: about.scopes });
    log.warn({ team: externalId }, 'the app lacks a scope in this workspace');
  }

  return {
    lacking(token) {
      const nowMs = clock.now().getTime();
      if (nowMs - (looked.get(token) ?? -Infinity) < AGAIN_MS) return;
      looked.delete(token);
      looked.set(token, nowMs);
      if (looked.size > KEPT_MOST) looked.delete(looked.keys().next().value!);
      const looking = look(token)
        .catch((error: unknown) => {
          looked.delete(token);
          log.warn({ error }, 'scopes of a workspace could not be looked up');
        })
        .finally(() => underWay.delete(looking));
      underWay.add(looking);
    },
    ended: async () => void (await Promise.all(underWay)),
  };
}

const meSchema = z.object({ team_id: z.string(), response_metadata: z.object({ scopes: z.array(z.string()) }) });
