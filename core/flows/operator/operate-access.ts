// What an operator does about a stolen session or key: ends sessions, revokes keys. Both need a reason, which the audit log keeps
// with the operator's id, and the person gets a mail.

import type { Actor } from '#core/domain/actor.ts';
import { isId, newId, type ApiKeyId, type TeamId, type UserId } from '#core/domain/ids.ts';
import { securityNotice, type SecurityChange } from '#core/domain/mail/mail.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { AccessKey, AccessPerson, Notice, WhichKeys } from '#core/store/operator/operate-access.ts';
import { writeMail } from '../mail/mail.ts';
import type { Core } from '../runtime/core.ts';
import { mustBeOperator } from './operate.ts';
import { readReason } from './operator-reason.ts';

export interface TeamAccess {
  readonly teamId: TeamId;
  readonly team: string;
  readonly people: readonly AccessPerson[];
  readonly keys: readonly AccessKey[];
}

export function operatorAccessVerbs(core: Core) {
  const { operateAccess } = core.store;

  const teamFor = async (actor: Actor, teamId: string) => {
    await mustBeOperator(core, actor);
    const team = isId(teamId) ? await core.store.teams.find(teamId as TeamId) : null;
    if (team === null) throw refuse('route.unknown');
    return { teamId: teamId as TeamId, name: team.name };
  };

  return {
    /** Who can act in this team, and with how many sessions and which keys. */
    async access(actor: Actor, id: string): Promise<TeamAccess> {
      const { teamId, name } = await teamFor(actor, id);
      const at = core.clock.now();
      const [people, keys] = await Promise.all([operateAccess.people(teamId, at), operateAccess.keys(teamId, at)]);
      return { teamId, team: name, people, keys };
    },

    /** All of a member's sessions, in whatever team they act. Rejects with `member.not-found`. */
    async endSessions(
      actor: Actor,
      { teamId: id, userId, reason }: { teamId: string; userId: string; reason: string },
    ): Promise<{ ended: number }> {
      const { teamId } = await teamFor(actor, id);
      const notice = noticeOf(actor, reason, 'sessions-ended-by-operator');
      const ended = isId(userId) ? await operateAccess.endSessions(teamId, userId as UserId, notice) : null;
      if (ended === null) throw refuse('member.not-found');
      core.log.warn({ userId, by: actor.userId, ended }, 'sessions ended by an operator');
      return { ended };
    },

    /** One key of the team, all of a member in every team of theirs, or all of the team. Rejects with `key.not-found`. */
    async revokeKeys(
      actor: Actor,
      { teamId: id, reason, ...which }: { teamId: string; reason: string } & ({ keyId: string } | { userId: string } | { all: true }),
    ): Promise<{ revoked: number }> {
      const { teamId } = await teamFor(actor, id);
      const notice = noticeOf(actor, reason, 'keys-revoked-by-operator');
      const revoked = await operateAccess.revokeKeys(whichKeys(teamId, which), notice);
      if (revoked === 0 && !('all' in which)) throw refuse('key.not-found');
      core.log.warn({ teamId, by: actor.userId, revoked }, 'api keys revoked by an operator');
      return { revoked };
    },
  };

  function whichKeys(team: TeamId, which: { keyId: string } | { userId: string } | { all: true }): WhichKeys {
    if ('all' in which) return { team };
    const id = 'keyId' in which ? which.keyId : which.userId;
    if (!isId(id)) throw refuse('key.not-found');
    return 'keyId' in which ? { team, key: id as ApiKeyId } : { person: id as UserId, memberOf: team };
  }

  function noticeOf({ userId }: Actor, reason: string, what: SecurityChange): Notice {
    const at = core.clock.now();
    return {
      by: `operator:${userId}`,
      reason: readReason(reason),
      at,
      tell: ({ email, name }, on) =>
        writeMail(
          core,
          {
            key: `security:${newId()}`,
            to: email,
            saying: securityNotice(core.settings.publicUrl, { name, what, at }),
          },
          on,
        ),
    };
  }
}
