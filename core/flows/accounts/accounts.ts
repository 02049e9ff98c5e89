// What a person does with their own account. Passwords, second factors and links in mails are the login engine's
// (core/ports/auth.ts): forms about them go there, so that its limits hold, and it tells us what came of them (logins.ts).

import { deviceOf } from '#core/domain/accounts/device.ts';
import type { Actor } from '#core/domain/actor.ts';
import { amountOf, type Amount } from '#core/domain/credits/credits.ts';
import { readThreshold } from '#core/domain/credits/threshold.ts';
import { isId, type SessionId, type UserId } from '#core/domain/ids.ts';
import { optionalMails, type OptionalMail } from '#core/domain/mail/mail.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { readName } from '#core/domain/text/name.ts';
import { writeAudit } from '#core/store/team/audit.ts';
import type { Core } from '../runtime/core.ts';

export interface AccountView {
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly hasPassword: boolean;
  readonly twoFactor: boolean;
  readonly since: string;
}

export interface SessionView {
  readonly sessionId: SessionId;
  /** “Firefox on Linux”. */
  readonly device: string;
  /** The network address it began from. */
  readonly address: string | null;
  readonly beganAt: string;
  /** To the day. */
  readonly usedAt: string;
  /** The one that asks. */
  readonly current: boolean;
}

export function personVerbs(core: Core) {
  const { accounts, money } = core.store;

  const read = async (userId: UserId) => {
    const found = await accounts.read(userId);
    if (found === null) throw refuse('login.needed'); // deleted a moment ago
    return found;
  };

  return {
    async profile({ userId }: Actor): Promise<AccountView> {
      const { name, email, emailVerified, hasPassword, twoFactor, createdAt } = await read(userId);
      return { name, email, emailVerified, hasPassword, twoFactor, since: createdAt.toISOString() };
    },

    /** Rejects with `request.invalid`. */
    async rename(actor: Actor, text: string): Promise<void> {
      mustBeAPerson(actor);
      const name = readName(text);
      const at = core.clock.now();
      const { home, name: before } = await read(actor.userId);
      if (name === before) return;
      await money.transaction(async (client) => {
        await accounts.rename(client, actor.userId, name, at);
        await writeAudit(client, { ...by(actor), at, act: 'person.renamed', teamId: home, facts: { from: before, to: name } });
      });
    },

    /** Above which estimate this person is asked before a task starts, in any of their teams; null for never. */
    async confirmAbove({ userId }: Actor): Promise<Amount | null> {
      const above = await accounts.confirmAbove(userId);
      return above === null ? null : amountOf(above);
    },

    /** null for never. Where a team has a threshold too, the lower one counts. Rejects with `request.invalid`. */
    async setConfirmAbove(actor: Actor, amount: Amount | null): Promise<void> {
      mustBeAPerson(actor);
      await accounts.setConfirmAbove(actor.userId, readThreshold(amount) ?? null);
    },

    /** Where the person is logged in, the newest first. Rejects with `login.needed` for a program: this is for people alone. */
    async sessions(actor: Actor): Promise<SessionView[]> {
      const sessionId = mustBeAPerson(actor);
      const lines = await accounts.sessions(actor.userId, core.clock.now());
      return lines.map((line) => ({
        sessionId: line.sessionId,
        device: deviceOf(line.userAgent),
        address: line.address,
        beganAt: line.beganAt.toISOString(),
        usedAt: line.usedAt.toISOString(),
        current: line.sessionId === sessionId,
      }));
    },

    /** Whoever uses it is out with their next request. Ending what is over already is fine. */
    async endSession(actor: Actor, sessionId: string): Promise<void> {
      mustBeAPerson(actor);
      if (isId(sessionId)) await endSessions(actor, { session: sessionId as SessionId });
    },

    /** Ends every session but the one that asks. */
    async endOtherSessions(actor: Actor): Promise<{ ended: number }> {
      return { ended: await endSessions(actor, { except: mustBeAPerson(actor) }) };
    },

    /** Kinds of emails that the person does not want. Rejects with `login.needed` for a program. */
    async unwantedMails(actor: Actor): Promise<OptionalMail[]> {
      mustBeAPerson(actor);
      const unwanted = await accounts.unwantedMails(actor.userId);
      return optionalMails.filter((kind) => unwanted.includes(kind));
    },

    /** Receipts, refunds, disputes and notices about logins always come. */
    async setUnwantedMails(actor: Actor, kinds: readonly string[]): Promise<void> {
      mustBeAPerson(actor);
      await accounts.setUnwantedMails(
        actor.userId,
        optionalMails.filter((kind) => kinds.includes(kind)),
      );
    },
  };

  async function endSessions(actor: Actor, which: Parameters<typeof accounts.end>[2]): Promise<number> {
    const at = core.clock.now();
    const { home } = await read(actor.userId);
    return money.transaction(async (client) => {
      const ended = await accounts.end(client, actor.userId, which);
      for (const { userAgent } of ended)
        await writeAudit(client, { ...by(actor), at, act: 'session.ended', teamId: home, facts: { device: deviceOf(userAgent) } });
      return ended.length;
    });
  }
}

/** A key that was stolen must not put its owner out, nor look at where they are. */
function mustBeAPerson({ sessionId }: Actor): SessionId {
  if (sessionId === undefined) throw refuse('login.needed');
  return sessionId;
}

function by({ userId }: Actor) {
  return { actor: `user:${userId}`, subject: `user:${userId}` };
}
