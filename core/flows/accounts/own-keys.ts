// A person's API keys in all of their teams. A password or an address that was changed because somebody else knew it says
// nothing about keys, so whoever changes one is shown what still acts in their name, and can end all of it at once.

import type { Actor } from '#core/domain/actor.ts';
import type { ApiKeyId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { Core } from '../runtime/core.ts';

export interface OwnKeyView {
  readonly id: ApiKeyId;
  readonly team: string;
  readonly name: string;
  readonly prefix: string;
  readonly madeAt: string;
  /** To the minute. */
  readonly lastUsedAt: string | null;
}

export function ownKeyVerbs({ store, clock, log }: Core) {
  return {
    /** The person's active keys in all teams, newest first. */
    async ownKeys(actor: Actor): Promise<OwnKeyView[]> {
      mustBeAPerson(actor);
      const keys = await store.ownKeys.list(actor.userId, clock.now());
      return keys.map(({ createdAt, lastUsedAt, ...key }) => ({
        ...key,
        madeAt: createdAt.toISOString(),
        lastUsedAt: lastUsedAt?.toISOString() ?? null,
      }));
    },

    /** They all stop working at once. Rejects with `login.needed` for a program: a stolen key must not end the others. */
    async revokeOwnKeys(actor: Actor): Promise<{ revoked: number }> {
      mustBeAPerson(actor);
      const revoked = await store.ownKeys.revokeAll(actor.userId, clock.now());
      log.info({ userId: actor.userId, revoked }, 'all api keys of a person revoked');
      return { revoked };
    },
  };
}

function mustBeAPerson({ sessionId }: Actor): void {
  if (sessionId === undefined) throw refuse('login.needed');
}
