// What people find in their mail, for tests.

import { sandboxMails, wholeSandboxMail, type MailFaults, type WholeSandboxMail } from '#core/contracts/mailbox.ts';
import type { Product } from '#core/product/product.ts';

export type ReceivedMail = WholeSandboxMail;

export interface TestMailbox {
  /** Everything that this address got, oldest first. */
  to(address: string): Promise<ReceivedMail[]>;
  /** What the mail service does wrong from now on. */
  order(faults: Partial<MailFaults>): Promise<void>;
}

export function mailboxOf({ outside }: Product): TestMailbox {
  const ask = async (path: string, init: RequestInit = {}) => {
    if (outside.mailbox === null) throw new Error('this product has no mail sandbox');
    const { url, token } = outside.mailbox;
    const answer = await fetch(url + path, { ...init, headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`the mail sandbox answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  return {
    async to(address) {
      const { mails } = sandboxMails.parse(await ask(`/sandbox/mails?to=${encodeURIComponent(address)}`));
      const whole = mails.map(async ({ id }) => wholeSandboxMail.parse(await ask(`/sandbox/mails/${id}`)));
      return (await Promise.all(whole)).toReversed();
    },
    async order(faults) {
      await ask('/sandbox/faults', { method: 'POST', body: JSON.stringify(faults) });
    },
  };
}

/** The one thing that a mail asks for. */
export function linkIn({ text }: Pick<ReceivedMail, 'text'>): string {
  const link = /^https?:\/\/\S+$/m.exec(text);
  if (link === null) throw new Error(`there is no link in “${text}”`);
  return link[0];
}
