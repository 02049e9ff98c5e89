// How many mails may be asked for. Anybody can have a mail sent to anybody, so there is a limit; and nobody may use up what
// somebody else needs, so it is counted by kind of mail and by who asks. A window is never longer than the link of its mail
// lasts: when one is dropped, links of the same kind that still work are in the mailbox already, and its owner can use one.

import { createHmac } from 'node:crypto';
import { mailShares as share } from '#core/domain/mail/mail-limits.ts';
import { mailboxOf } from '#core/domain/mail/mailbox.ts';
import type { AskedMail, Asker } from '#core/ports/auth.ts';
import type { Core } from '../runtime/core.ts';

const WINDOW_MOST_S = 3600;

/** 0 when it may be written now, else how many seconds to wait. */
export async function mailWaitS(core: Core, { to, saying, expiresAt }: AskedMail, { caller, browser }: Asker): Promise<number> {
  const at = core.clock.now();
  const { take } = core.store.logins;
  const windowS = Math.max(1, Math.min(WINDOW_MOST_S, Math.floor((expiresAt.getTime() - at.getTime()) / 1000)));
  const { kind } = saying;
  const mailbox = await counted(core, to);
  if (browser !== null) return take(`mails|${mailbox}|${kind}|browser|${browser}`, share.browser, windowS, at);
  for (const [key, most, seconds] of [
    [`mails|${mailbox}|${kind}|caller|${caller ?? ''}`, share.caller, windowS],
    [`mails|${mailbox}|${kind}`, share.strangers, windowS],
    [`mails|${mailbox}`, share.strangersInAnHour, WINDOW_MOST_S],
  ] as const) {
    const waitS = await take(key, most, seconds, at);
    if (waitS > 0) return waitS;
  }
  return 0;
}

/**
 * An address that was shown to be somebody's counts for itself. All others count by their mailbox, however they are written,
 * so that nobody fills it by signing up as ada+1, ada+2 and so on, and doing so takes nothing from who has an account there.
 */
async function counted(core: Core, to: string): Promise<string> {
  const person = await core.store.guesses.named({ email: to.toLowerCase() });
  return person?.emailVerified ? `${keyedDigest(core, to.toLowerCase())}|own` : mailboxDigest(core, to);
}

/** Names a mailbox to those who know it already, and to nobody else. */
export function mailboxDigest(core: Core, address: string): string {
  return keyedDigest(core, mailboxOf(address));
}

/** Tells nothing of the text to whoever lacks the key. */
export function keyedDigest(core: Core, text: string): string {
  return createHmac('sha256', core.settings.mailboxKey).update(text).digest('base64url');
}
