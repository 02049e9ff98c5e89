// Keys with which a program acts as a person in one team, for as long as they are in it.

import type { Actor } from '#core/domain/actor.ts';
import { isId, type ApiKeyId } from '#core/domain/ids.ts';
import { securityNotice } from '#core/domain/mail/mail.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { keyExpiry, keyLifetimes, keyScopes, USUAL_KEY_LIFETIME, type KeyScope } from '#core/domain/team/api-key.ts';
import { may, mustBeAllowed } from '#core/domain/team/permission.ts';
import { teamLimits } from '#core/domain/team/team-limits.ts';
import { readLabel } from '#core/domain/text/name.ts';
import { newBearer } from '#core/store/database/bearer.ts';
import type { TellOwner } from '#core/store/team/api-keys.ts';
import { writeMail } from '../mail/mail.ts';
import type { Core } from '../runtime/core.ts';

export interface ApiKeyView {
  readonly id: ApiKeyId;
  readonly name: string;
  /** How it begins, to know it again. */
  readonly prefix: string;
  readonly scope: KeyScope;
  /** null: never. */
  readonly expiresAt: string | null;
  readonly madeAt: string;
  /** To the minute. */
  readonly lastUsedAt: string | null;
  readonly yours: boolean;
  /** Whose it is. */
  readonly owner: string;
}

export function apiKeyVerbs(core: Core) {
  const { apiKeys } = core.store;
  return {
    /** Whose key this is; null when it is unknown or revoked. Rejects with `key.expired`. */
    async actorByKey(key: string): Promise<Actor | null> {
      const holder = await core.store.people.holderOf(key);
      if (holder === null) return null;
      const { expiresAt, ...actor } = holder;
      const at = core.clock.now();
      if (expiresAt !== null && expiresAt <= at) throw refuse('key.expired', { at: expiresAt.toISOString() });
      core.store.seen(actor, at);
      return actor;
    },

    /** The actor's own keys in this team, and those of everybody for who may manage them. Newest first. */
    async apiKeys(actor: Actor): Promise<ApiKeyView[]> {
      mustBeAllowed(actor, 'keys.own');
      const keys = await apiKeys.list(actor.teamId, may(actor.role, 'keys.manage') ? null : actor.userId);
      return keys.map(({ id, userId, owner, name, prefix, scope, createdAt, lastUsedAt, expiresAt }) => ({
        id,
        name,
        prefix,
        scope,
        expiresAt: expiresAt?.toISOString() ?? null,
        madeAt: createdAt.toISOString(),
        lastUsedAt: lastUsedAt?.toISOString() ?? null,
        yours: userId === actor.userId,
        owner,
      }));
    },

    /**
     * The key itself is in this answer and nowhere else. Without a choice it has full access, for 90 days. Rejects with
     * `keys.too-many`.
     */
    async makeApiKey(
      actor: Actor,
      given: string,
      choice: { readonly scope?: string; readonly lifetime?: string } = {},
    ): Promise<{ id: ApiKeyId; name: string; key: string }> {
      mustBeAllowed(actor, 'keys.own');
      // A key that got out must not make others that outlive it.
      if (actor.apiKeyId !== undefined) throw refuse('not.allowed');
      const name = readLabel(given);
      const scope = oneOf(keyScopes, 'scope', choice.scope ?? 'full');
      const lifetime = oneOf(keyLifetimes, 'lifetime', choice.lifetime ?? USUAL_KEY_LIFETIME);
      const key = newBearer('imp_');
      const { teamId, userId, email } = actor;
      const at = core.clock.now();
      const tell: TellOwner = (id, owner, on) =>
        writeMail(
          core,
          {
            key: `api-key:${id}`,
            to: email,
            saying: securityNotice(core.settings.publicUrl, { name: owner, what: 'api-key-made', at }),
          },
          on,
        );
      const expiresAt = keyExpiry(lifetime, at);
      const made = await apiKeys.make({ teamId, userId, name, key, scope, expiresAt, most: teamLimits.keys }, tell, at);
      if (made.outcome !== 'made')
        throw made.outcome === 'too-many' ? refuse('keys.too-many', { most: teamLimits.keys }) : refuse('not.allowed');
      core.log.info({ teamId, userId, apiKeyId: made.id }, 'api key made');
      return { id: made.id, name, key };
    },

    /** It stops working at once. Rejects with `key.not-found`, also for a key that is somebody else's to revoke. */
    async revokeApiKey(actor: Actor, keyId: string): Promise<void> {
      mustBeAllowed(actor, 'keys.own');
      const of = may(actor.role, 'keys.manage') ? null : actor.userId;
      const revoked =
        isId(keyId) && (await apiKeys.revoke({ teamId: actor.teamId, id: keyId as ApiKeyId, by: actor.userId, of }, core.clock.now()));
      if (!revoked) throw refuse('key.not-found');
      core.log.info({ teamId: actor.teamId, apiKeyId: keyId, by: actor.userId }, 'api key revoked');
    },
  };
}

function oneOf<Choice extends string>(choices: readonly Choice[], name: string, given: string): Choice {
  const chosen = choices.find((each) => each === given);
  if (chosen === undefined) throw refuse('request.invalid', { fields: [{ name, problem: `must be one of ${choices.join(', ')}` }] });
  return chosen;
}
