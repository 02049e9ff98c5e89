// Alarms go by mail to whoever OPERATOR_EMAILS names: at most one an hour of each kind, from all processes together.

import type { Core } from '../runtime/core.ts';
import { writeMail } from './mail.ts';

export type AlarmKind =
  | 'billing-behind'
  | 'billing-differs'
  | 'letters-dead'
  | 'ledger-wrong'
  | 'mails-dead'
  | 'messages-unhandled'
  | 'customers-left'
  | 'news-late'
  | 'payments-key'
  | 'platform-down'
  | 'purchase-unfit'
  | 'top-up-stuck';

const QUIET_MS = 60 * 60 * 1000;

/** Where an operator can look at it. */
export const alarmPages: Readonly<Record<AlarmKind, `/operator${string}`>> = {
  'billing-behind': '/operator/billing',
  'billing-differs': '/operator/billing',
  'letters-dead': '/operator/undelivered',
  'ledger-wrong': '/operator/ledger',
  'mails-dead': '/operator/mails',
  'messages-unhandled': '/operator',
  'platform-down': '/operator',
  'news-late': '/operator/billing',
  'purchase-unfit': '/operator/billing',
  'payments-key': '/operator/billing',
  'top-up-stuck': '/operator/billing',
  'customers-left': '/operator/billing',
};

/** Mails it, unless it was mailed within the hour. */
export async function raiseAlarm(core: Core, kind: AlarmKind, alarm: { title: string; words: string }): Promise<void> {
  const at = core.clock.now();
  const last = await core.store.alarms.lastRaised(kind);
  if (last !== null && at.getTime() - last.getTime() < QUIET_MS) return;
  const { title, words } = alarm;
  // The mails come first and are named after the alarm before: whoever dies in between, or comes at the same time, writes
  // the same ones again, which changes nothing.
  for (const to of core.settings.operatorEmails)
    await writeMail(core, {
      key: `alarm:${kind}:${last?.getTime() ?? 0}:${to}`,
      to,
      saying: { kind: 'alarm', title, words, url: `${core.settings.publicUrl}${alarmPages[kind]}` },
    });
  if (await core.store.alarms.raised(kind, last, at)) core.log.error({ kind }, 'alarm raised');
}

/** So many undelivered answers or mails in an hour are no accident of one channel or address. */
const DEAD_MANY = 10;

/** For upkeep. */
export async function watchUndelivered(core: Core): Promise<void> {
  await watchLetters(core);
  await watchMails(core);
}

async function watchLetters(core: Core): Promise<void> {
  const died = await core.store.deadLetters.diedSince(new Date(core.clock.now().getTime() - QUIET_MS));
  if (died < DEAD_MANY) return;
  await raiseAlarm(core, 'letters-dead', {
    title: 'Many answers cannot be posted',
    words: `${died} answers could not be posted within the last hour.\nPeople wait for them, and see them only in the portal.`,
  });
}

/** The mail that tells of it may share their fate; the log tells of it too. */
async function watchMails(core: Core): Promise<void> {
  const ended = await core.store.mails.undeliveredSince(new Date(core.clock.now().getTime() - QUIET_MS));
  if (ended < DEAD_MANY) return;
  await raiseAlarm(core, 'mails-dead', {
    title: 'Many mails cannot be sent',
    words: `${ended} mails could not be sent within the last hour, or may not have been.\nPeople who wait for a link cannot get in.`,
  });
}
