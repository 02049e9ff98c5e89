// The words of emails about credits that run low and about auto top-up, as say-mail.ts puts them together.

import { micro, sayCredits } from '../credits/credits.ts';
import type { MailSaying } from './mail.ts';

interface Words {
  readonly title: string;
  readonly before: readonly string[];
  readonly button: string;
  readonly after: readonly string[];
}

const optional = 'You can turn these emails off in your settings.';

/** `team` is in quotes, or "your team". */
export function topUpFailed(
  { why, suspended, money }: Extract<MailSaying, { kind: 'top-up-failed' }>,
  team: string,
  brandName: string,
): Words {
  const stopped = suspended ? ['Auto top-up is paused until a different card is saved.'] : ['Auto top-up tries again later.'];
  switch (why) {
    case 'authentication':
      return {
        title: 'Auto top-up needs your confirmation',
        before: [
          `Your bank asks you to confirm the payment of ${money} for ${team} on ${brandName}, so no credits were added and nothing was charged.`,
        ],
        button: 'Buy credits now',
        after: [...stopped, 'Buy the pack yourself to confirm the payment with your bank.', optional],
      };
    case 'declined':
      return {
        title: 'Auto top-up was declined',
        before: [`Your card was declined for the payment of ${money} for ${team} on ${brandName}, so no credits were added.`],
        button: 'Update your card',
        after: [...stopped, optional],
      };
    case 'no-card':
      return {
        title: 'Auto top-up has no card to charge',
        before: [`Credits of ${team} on ${brandName} run low, and there is no saved card to charge ${money} to. No credits were added.`],
        button: 'Save a card',
        after: ['Auto top-up is paused until a card is saved.', optional],
      };
    case 'cap':
      return {
        title: 'Auto top-up reached its monthly limit',
        before: [`Credits of ${team} on ${brandName} run low, and another auto top-up would exceed your monthly limit of ${money}.`],
        button: 'Review auto top-up',
        after: ['Raise the limit or buy credits yourself. The limit starts again next month.', optional],
      };
  }
}

export function lowCredits({ left, level, days }: Extract<MailSaying, { kind: 'low-credits' }>, team: string, brandName: string): Words {
  const sayDays = days === null ? null : days < 1 ? 'less than a day' : days === 1 ? '1 day' : `${days} days`;
  return {
    title: sayDays === null ? `${level}% or less of your last purchase is left` : 'Your credits are running out',
    before: [
      `${team.replace(/^your/, 'Your')} has ${sayCredits(micro(left))} available on ${brandName}${level === null ? '' : `: ${level}% or less of the last purchase`}.`,
      ...(sayDays === null ? [] : [`At the current pace they last about ${sayDays}.`]),
    ],
    button: 'Get credits',
    after: ['Tasks that need more credits than you have can’t start.', optional],
  };
}
