// Who acts, once somebody is logged in; and what the rest of us does when the login engine has news.

import { deviceOf } from '#core/domain/accounts/device.ts';
import type { Actor } from '#core/domain/actor.ts';
import { isId, newId, type TeamId, type UserId } from '#core/domain/ids.ts';
import { securityNotice, type SecurityChange } from '#core/domain/mail/mail.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { Role } from '#core/domain/team/permission.ts';
import type { AuthNews, Change, LoggedIn, Login } from '#core/ports/auth.ts';
import { writeAudit } from '#core/store/team/audit.ts';
import { giveStartingCredits } from '../credits/starting-credits.ts';
import { mailWaitS } from '../mail/mail-share.ts';
import { writeMail } from '../mail/mail.ts';
import type { Core } from '../runtime/core.ts';
import { platformNews } from './connected-logins.ts';
import { shutOthersOut, shutsOut } from './shut-out.ts';

export interface MyTeam {
  readonly teamId: TeamId;
  readonly name: string;
  readonly role: Role;
  /** The team that a person has of their own. */
  readonly personal: boolean;
  /** This is where the actor acts. */
  readonly current: boolean;
}

export function loginVerbs(core: Core) {
  const { logins } = core.store;
  return {
    /** Whoever is logged in, in the team that they chose, else in their own. */
    async actorOf({ userId, sessionId, email, confirmedAt }: LoggedIn): Promise<Actor> {
      const place = (await logins.placeOf(sessionId, userId)) ?? (await findHome(core, userId));
      core.store.seen({ userId, teamId: place.teamId, apiKeyId: null }, core.clock.now());
      return { userId, sessionId, email, confirmedAt, teamId: place.teamId, role: place.role };
    },
    /** The teams one can choose from, one's own first. */
    async teamsOf({ userId, teamId }: Actor): Promise<MyTeam[]> {
      return (await logins.placesOf(userId)).map((place) => ({ ...place, current: place.teamId === teamId }));
    },
    /** From here on this session acts in that team. Rejects with `team.not-found` for a team one is no member of. */
    async chooseTeam({ userId, sessionId }: Actor, teamId: string): Promise<void> {
      if (sessionId === undefined) throw refuse('login.needed'); // a key acts in the team it was made for
      if (!isId(teamId) || !(await logins.choose(sessionId, userId, teamId as TeamId))) throw refuse('team.not-found');
    },
  };
}

async function findHome(core: Core, userId: UserId): Promise<{ teamId: TeamId; role: Role }> {
  const { teamId } = await core.store.logins.makeHome(userId, core.clock.now());
  const places = await core.store.logins.placesOf(userId);
  return places.find((place) => place.teamId === teamId)!;
}

/** Mails, starting credits and the audit log. What goes wrong here is logged: nobody is kept out for it. */
export function authNews(of: () => Core): AuthNews {
  return {
    sendsMail: () => of().mailer !== null,
    ...platformNews(of),

    async mail(mail, by) {
      const core = of();
      const waitS = await mailWaitS(core, mail, by);
      if (waitS === 0) await writeMail(core, mail);
      else core.log.info({ kind: mail.saying.kind }, 'mail not written: this mailbox got many of them');
      return waitS;
    },

    async loggedIn(login) {
      const core = of();
      try {
        const home = await core.store.logins.makeHome(login.userId, core.clock.now());
        await giveStartingCredits(core, login, home);
        await rememberLogin(core, login, home.teamId);
      } catch (error) {
        core.log.error({ userId: login.userId, error }, 'not all was done at a login');
      }
    },

    async changed(change) {
      const core = of();
      const at = core.clock.now();
      const { userId, what, email, name } = change;
      const { teamId } = await core.store.logins.makeHome(userId, at);
      const keys = shutsOut[what] ? (await core.store.ownKeys.list(userId, at)).length : 0;
      await core.store.money.transaction(async (client) => {
        await writeAudit(client, { at, actor: `user:${userId}`, act: actOf[what], teamId, subject: `user:${userId}`, facts: {} });
        if (shutsOut[what]) await shutOthersOut(core, client, change, teamId, at);
        const tell = (about: { what: SecurityChange; keys?: number; platform?: Platform }) => {
          const saying = securityNotice(core.settings.publicUrl, { name, at, from: from(change), ...about });
          return writeMail(core, { key: `security:${newId()}`, to: email, saying }, client);
        };
        await tell({ what: noticeOf[what], keys });
        // Whoever reads this mailbox chose a password. A platform may have let somebody else in under the same address before.
        if (what === 'password-reset')
          for (const platform of await core.store.connectedLogins.removeAll(client, { userId, teamId }, at))
            await tell({ what: 'login-removed', platform });
      });
      core.log.info({ userId, what }, 'login changed');
    },
  };
}

/** How the audit log calls it. */
const actOf: Readonly<Record<Change['what'], string>> = {
  'password-changed': 'password.changed',
  'password-reset': 'password.reset',
  'mail-changed': 'mail.changed',
  'two-factor-on': 'two-factor.on',
  'two-factor-off': 'two-factor.off',
  'backup-codes': 'backup-codes.made',
};

const noticeOf: Readonly<Record<Change['what'], SecurityChange>> = {
  'password-changed': 'password-changed',
  'password-reset': 'password-changed',
  'mail-changed': 'mail-changed',
  'two-factor-on': 'two-factor-on',
  'two-factor-off': 'two-factor-off',
  'backup-codes': 'backup-codes',
};

async function rememberLogin(core: Core, login: Login, teamId: TeamId): Promise<void> {
  const { userId, sessionId, how, platform } = login;
  const at = core.clock.now();
  const device = deviceOf(login.userAgent);
  const { before, known, email, name } = await core.store.logins.earlierLogins(userId, teamId, device);
  await core.store.money.transaction(async (client) => {
    await writeAudit(client, {
      at,
      actor: `user:${userId}`,
      act: 'session.began',
      teamId,
      subject: `session:${sessionId}`,
      facts: { how, device, ...(platform !== undefined && { platform }) },
    });
    if (before && !known)
      await writeMail(
        core,
        {
          key: `security:${sessionId}`,
          to: email,
          saying: securityNotice(core.settings.publicUrl, { name, what: 'new-device', at, from: from(login) }),
        },
        client,
      );
  });
  core.log.info({ userId, sessionId, how }, 'logged in');
}

function from({ userAgent, caller }: { userAgent: string | null; caller: string | null }): string {
  return caller === null ? deviceOf(userAgent) : `${deviceOf(userAgent)}, ${caller}`;
}
