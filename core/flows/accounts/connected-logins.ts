// Chat accounts that log people in. A platform vouches for a mail address, and for nothing that is here already: whoever runs a
// workspace may have chosen what it says. So an account that exists, confirmed or not, is never entered that way. Its person
// logs in once as they did before, and connects the two (the login engine asks for it: core/engines/auth/platforms/).

import { deviceOf } from '#core/domain/accounts/device.ts';
import type { Actor } from '#core/domain/actor.ts';
import { isId } from '#core/domain/ids.ts';
import { readMailAddress } from '#core/domain/mail/mail-address.ts';
import { securityNotice, type SecurityChange } from '#core/domain/mail/mail.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { orNull } from '#core/domain/refusals/or-null.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { readName } from '#core/domain/text/name.ts';
import { cleanText, shorten } from '#core/domain/text/text.ts';
import type { AuthNews, From } from '#core/ports/auth.ts';
import type { ProviderPerson } from '#core/ports/login-provider.ts';
import type { LoginOwner, PlatformLogin, WriteToOwner } from '#core/store/accounts/connected-logins.ts';
import type { Writes } from '#core/store/team/audit.ts';
import { writeMail } from '../mail/mail.ts';
import type { Core } from '../runtime/core.ts';
import { shutOthersOut } from './shut-out.ts';

export interface ConnectedLogin {
  readonly id: string;
  readonly platform: Platform;
  /** What it is called on its platform. */
  readonly name: string;
  readonly workspaceName: string | null;
  readonly since: string;
}

export function connectedLoginVerbs(core: Core) {
  const { connectedLogins } = core.store;
  return {
    /** Chat accounts that log this person in. Rejects with `login.needed` for a program. */
    async connectedLogins({ userId, sessionId }: Actor): Promise<ConnectedLogin[]> {
      if (sessionId === undefined) throw refuse('login.needed');
      const rows = await connectedLogins.of(userId);
      return rows.map(({ name, since, ...row }) => ({ ...row, name: name ?? '', since: since.toISOString() }));
    },

    /**
     * It logs nobody in any more, and all other sessions end; what is asked with it in the chat is still asked in the person's name.
     * Removing what is gone is fine. Rejects with `login.last` for the only way in, and with `login.needed` for a program.
     */
    async removeLogin({ userId, sessionId, caller }: Actor, id: string): Promise<void> {
      if (sessionId === undefined) throw refuse('login.needed');
      if (!isId(id)) return;
      const at = core.clock.now();
      const from = caller ?? null;
      const outcome = await connectedLogins.remove(
        userId,
        id,
        async (owner, platform, on) => {
          await shutOthersOut(core, on, { userId, session: sessionId }, owner.teamId, at);
          await notice(core, owner, { what: 'login-removed', platform, at, from, key: id }, on);
        },
        at,
      );
      if (outcome === 'last') throw refuse('login.last');
      if (outcome === 'removed') core.log.info({ userId }, 'login method removed');
    },
  };
}

/** What the login engine asks when somebody comes back from a platform. */
export function platformNews(of: () => Core): Pick<AuthNews, 'arrived' | 'connect'> {
  return {
    async arrived(person, from) {
      const { store, settings } = of();
      const login = loginOf(person);
      const known = await store.connectedLogins.ownerOf(login);
      if (known !== null) return { userId: known };
      const email = addressOf(person);
      if (email === null) return { refused: 'no-email' };
      if (!person.emailVerified) return { refused: 'unverified-email' };
      // This address makes an operator of its person, so what a platform says of it is not enough.
      if (settings.operatorEmails.has(email)) return { refused: 'mail-needed' };
      if (await store.connectedLogins.hasAccount(email)) return madeMeanwhile(of(), login, 'exists');
      // Whoever asks in its name has an account, under another address.
      if ((await store.connectedLogins.linkedTo(login)) !== null) return madeMeanwhile(of(), login, 'linked-elsewhere');
      return signUp(of(), person, email, from);
    },

    async connect(userId, person, from) {
      const core = of();
      const at = core.clock.now();
      const outcome = await core.store.connectedLogins.connect(userId, loginOf(person), tellOwner(core, person, from, at), at);
      if (outcome !== 'connected' && outcome !== 'same') return outcome;
      core.log.info({ userId, platform: person.platform }, 'login method connected');
      return 'connected';
    },
  };
}

async function signUp(core: Core, person: ProviderPerson, email: string, from: From) {
  // Whoever has an account has to be reachable: nobody can sign up without mail in any other way either.
  if (core.mailer === null) return { refused: 'closed' } as const;
  const at = core.clock.now();
  const login = loginOf(person);
  const made = await core.store.connectedLogins.signUp(
    { email, name: nameFor(person, email), login },
    tellOwner(core, person, from, at),
    at,
  );
  if (made === 'linked-elsewhere') return { refused: made } as const;
  if (made !== 'again') {
    core.log.info({ userId: made.userId, platform: person.platform }, 'signed up with a platform');
    return made;
  }
  return madeMeanwhile(core, login, 'exists');
}

/** Two windows of one browser may come back at once: the account that is there may be the one that the other window has just made. */
async function madeMeanwhile<R extends 'exists' | 'linked-elsewhere'>(core: Core, login: PlatformLogin, refused: R) {
  const owner = await core.store.connectedLogins.ownerOf(login);
  return owner === null ? { refused } : { userId: owner };
}

function tellOwner(core: Core, { platform }: ProviderPerson, from: From, at: Date): WriteToOwner {
  return (owner, on) =>
    notice(core, owner, { what: 'login-connected', platform, at, from: fromWords(from), key: String(at.getTime()) }, on);
}

interface Notice {
  readonly what: SecurityChange;
  readonly platform: Platform;
  readonly at: Date;
  readonly from: string | null;
  readonly key: string;
}

function notice(core: Core, { userId, email, name }: LoginOwner, { key, ...about }: Notice, on: Writes): Promise<void> {
  const saying = securityNotice(core.settings.publicUrl, { name, ...about });
  return writeMail(core, { key: `${about.what}:${userId}:${about.platform}:${key}`, to: email, saying }, on);
}

function fromWords({ userAgent, caller }: From): string {
  return caller === null ? deviceOf(userAgent) : `${deviceOf(userAgent)}, ${caller}`;
}

const SHOWN_CHARACTERS = 80;

function loginOf({ platform, workspace, externalId, name, workspaceName }: ProviderPerson): PlatformLogin {
  return { platform, workspace, externalId, name: shown(name) || externalId, workspaceName: shown(workspaceName ?? '') || null };
}

function shown(name: string): string {
  return shorten(cleanText(name.slice(0, 1_000)).replace(/\s+/g, ' '), SHOWN_CHARACTERS);
}

function addressOf({ email }: ProviderPerson): string | null {
  return email === null ? null : orNull(() => readMailAddress(email));
}

/** Names there may be what no name here can be, such as a web address. */
function nameFor({ name }: ProviderPerson, email: string): string {
  return orNull(() => readName(name)) ?? orNull(() => readName(email.slice(0, email.indexOf('@')))) ?? 'New member';
}
