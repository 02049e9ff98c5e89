// Mails to people: written with the reason for them, sent later, each once as far as that can be known. Nobody can ask
// whether a mail whose answer was lost has been taken, so it is either sent once more or left to the operator
// (core/domain/mail/mail.ts says which, and why).

import { mailLeadsTo, type MailSaying } from '#core/domain/mail/mail.ts';
import { sayMail } from '#core/domain/mail/say-mail.ts';
import { MailError, type Mailer } from '#core/ports/mail.ts';
import { writeAudit, type Writes } from '#core/store/team/audit.ts';
import type { OpenMail, UndeliveredMail } from '#core/store/mail/mails.ts';
import { isFromDatabase } from '#core/store/database/outage.ts';
import type { Core } from '../runtime/core.ts';
import { patiently } from '../runtime/patiently.ts';

export interface Mail {
  /** The same for the same reason: whoever writes it again changes nothing. */
  readonly key: string;
  readonly to: string;
  readonly saying: MailSaying;
  /** When its link stops working: a mail that could not be sent by then is not sent. */
  readonly expiresAt?: Date;
}

/** Resolves once it is written down. With the client of a transaction in `on`, it stands or falls with the reason for it. */
export async function writeMail(core: Core, mail: Mail, on?: Writes): Promise<void> {
  const { key, to, saying, expiresAt = null } = mail;
  // What cannot be said is heard of by whoever says it, not by whoever sends it. Mails of ours lead nowhere but to us.
  sayMail(saying, core.settings);
  if (!mailLeadsTo(saying, core.settings.publicUrl)) throw new Error(`a mail of kind ${saying.kind} would lead elsewhere`);
  const at = core.clock.now();
  if (core.mailer === null) await core.store.mails.writeDead({ key, to, saying, expiresAt }, 'mail is off', at, on);
  else await core.store.mails.write({ key, to, saying, expiresAt }, at, on);
}

/** Mails under way in one process: SES lets a new account hand over one a second, and a usual one fourteen. */
const AT_ONCE = 4;
const IDLE_MS = 1_000;
const TIDY_EVERY_MS = 60 * 60_000;
/** A mail is left to its process for so long that its one call has ended long before. */
const LEASE_MS = 60_000;
const CALL_MS = 15_000;

/** Sends mails until the signal aborts, and resolves when the last one has ended. */
export async function deliverMails(core: Core, signal: AbortSignal): Promise<void> {
  await Promise.all([sendMails(core, signal), tidyMails(core, signal)]);
}

async function sendMails(core: Core, signal: AbortSignal): Promise<void> {
  const { mailer } = core;
  if (mailer === null) return;
  const underWay = new Set<Promise<void>>();
  const leave = new AbortController();
  await patiently(core, { wakeOn: ['mail'], idleMs: IDLE_MS, signal }, async (lookAgain) => {
    if (underWay.size === AT_ONCE) return false;
    const { open, passedOver } = await core.store.mails.claim(core.clock.now(), LEASE_MS, AT_ONCE - underWay.size);
    for (const { id: mailId, kind, state } of passedOver) core.log.warn({ mailId, kind, state }, 'mail not sent');
    for (const mail of open) {
      const delivery = sendOne(core, mailer, mail, leave.signal).finally(() => {
        underWay.delete(delivery);
        lookAgain();
      });
      underWay.add(delivery);
    }
    return open.length + passedOver.length > 0;
  });

  const allEnded = new AbortController();
  const ending = Promise.all(underWay).then(() => allEnded.abort());
  await core.clock.sleep(core.settings.leaveAfterMs, allEnded.signal);
  leave.abort(); // what is cut off here may have been taken
  await ending;
}

/** Never rejects: whatever happens is written down, or found again when the lease is over. */
async function sendOne(core: Core, mailer: Mailer, mail: OpenMail, leave: AbortSignal): Promise<void> {
  const log = core.log.child({ mailId: mail.id, kind: mail.kind });
  const at = core.clock.now();
  try {
    // Whoever comes too late finds another process at it.
    if (at.getTime() + CALL_MS > mail.leaseUntil.getTime())
      return await core.store.mails.later(mail, at, 'There was no time left to send it.');
    const words = sayMail(mail.saying(), core.settings);
    const call = AbortSignal.any([AbortSignal.timeout(CALL_MS), leave]);
    const { messageId } = await mailer.send({ id: mail.id, to: mail.to, kind: mail.kind, words, at }, call);
    await confirm(core, mail, messageId, leave);
  } catch (error) {
    await postpone(core, mail, error).catch((again: unknown) => log.warn({ error: again }, 'mail state not written'));
  }
}

/** It is taken, and must not be sent again for want of a line that says so. */
async function confirm(core: Core, mail: OpenMail, messageId: string, leave: AbortSignal): Promise<void> {
  const log = core.log.child({ mailId: mail.id, kind: mail.kind, messageId });
  while (true) {
    try {
      await core.store.mails.sent(mail, messageId, core.clock.now());
      return log.info({ tries: mail.tries }, 'mail sent');
    } catch (error) {
      log.warn({ error }, 'mail sent, not written yet');
      if (leave.aborted || core.clock.now() > mail.leaseUntil) return;
      await core.clock.sleep(IDLE_MS, leave);
    }
  }
}

async function postpone(core: Core, mail: OpenMail, error: unknown): Promise<void> {
  const log = core.log.child({ mailId: mail.id, kind: mail.kind, tries: mail.tries });
  const { mails } = core.store;
  if (isFromDatabase(error)) throw error; // found again when the lease is over
  if (!(error instanceof MailError)) {
    log.error({ error }, 'mail not sent by a fault of ours');
    return mails.dead(mail, 'Something went wrong on our side; the log says what.');
  }
  const waitMs = Math.max(backOffMs(mail.tries), error.retryAfterMs ?? 0);
  const nextAt = new Date(core.clock.now().getTime() + waitMs);
  switch (error.kind) {
    case 'never':
      log.warn({ code: error.code }, 'mail refused');
      return mails.dead(mail, error.message);
    case 'later':
      log.warn({ code: error.code, waitMs }, 'mail not sent yet');
      return mails.later(mail, nextAt, error.message);
    case 'unknown': {
      const state = await mails.unseen(mail, nextAt, error.message);
      log.warn({ code: error.code, state }, 'mail may have been sent');
    }
  }
}

/** 2, 4, 8 … seconds, at most ten minutes. */
function backOffMs(tries: number): number {
  return Math.min(600_000, 1000 * 2 ** Math.min(tries, 20));
}

async function tidyMails(core: Core, signal: AbortSignal): Promise<void> {
  await patiently(core, { wakeOn: [], idleMs: TIDY_EVERY_MS, signal }, async () => {
    await core.store.mails.tidy(core.clock.now());
    return false;
  });
}

const SHOWN = 200;

/** What the operator has to look at: newest first. */
export function undeliveredMails(core: Core): Promise<UndeliveredMail[]> {
  return core.store.mails.undelivered(SHOWN);
}

/**
 * The operator's word that it may be sent, perhaps a second time. False when there is nothing to send any more. `by` as in the
 * audit log.
 */
export async function sendMailAgain(core: Core, by: string, mailId: string): Promise<boolean> {
  const at = core.clock.now();
  return core.store.money.transaction(async (client) => {
    const isSent = await core.store.mails.sendAgain(mailId, at, client);
    if (isSent) await writeAudit(client, { at, actor: by, act: 'mail.again', teamId: null, subject: mailId, facts: {} });
    return isSent;
  });
}
