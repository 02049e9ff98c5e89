// Who may have starting credits. They pay for real work, so they are limited by what nobody can multiply at will: within a day,
// only so many people of one email domain and one network get them. Everybody else gets an account without them.

import type { Credits } from './credits.ts';
import { mailboxOf } from '../mail/mailbox.ts';

/** Why somebody got none: too many people of their email domain, or of their network, had them that day. */
export type NoStartingCredits = 'domain' | 'network';

export const STARTING_CREDITS_WINDOW_S = 24 * 60 * 60;

/** Offices, schools and mobile providers put many people behind one network, so it has more than a domain. */
export const NETWORK_SHARE = 2;

export interface StartingCredits {
  readonly credits: Credits;
  /** People of one email domain, within a day. */
  readonly dailyPeople: number;
}

/**
 * Providers where anybody can open a mailbox, so that the domain says nothing about who its people are. Chosen by hand: large
 * providers that make it costly to open many mailboxes, by asking for a phone number or for a solved puzzle; no provider of
 * disposable mailboxes. Some let one account have further addresses; what limits those is the network alone, so second names
 * of the same mailbox (me.com, pm.me) are left out. A provider that is missing counts like any domain, so a gap is safe.
 */
const publicProviders: ReadonlySet<string> = new Set(
  `gmail.com googlemail.com
   outlook.com outlook.de outlook.fr outlook.es outlook.it outlook.jp outlook.com.br
   hotmail.com hotmail.co.uk hotmail.de hotmail.fr hotmail.es hotmail.it live.com live.co.uk live.de live.fr live.nl msn.com
   yahoo.com yahoo.co.uk yahoo.co.in yahoo.co.jp yahoo.com.br yahoo.de yahoo.fr yahoo.es yahoo.it ymail.com rocketmail.com aol.com
   icloud.com proton.me protonmail.com
   gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de
   orange.fr free.fr laposte.net libero.it virgilio.it wp.pl o2.pl seznam.cz
   comcast.net verizon.net att.net btinternet.com
   qq.com 163.com 126.com naver.com daum.net uol.com.br bol.com.br`.split(/\s+/),
);

/** The domain that counts for an address: whoever has it makes mailboxes and subdomains at will. null for a public provider. */
export function countedDomain(email: string): string | null {
  const host = mailboxOf(email).split('@').at(-1)!;
  return publicProviders.has(host) ? null : registrable(host);
}

/**
 * The part of a name that somebody registered: its last two labels, or three below `co.uk` and the like. Private registries
 * (`uk.com`, hosters that give names away) count as one domain, which errs on the safe side.
 */
function registrable(host: string): string {
  const labels = host.split('.');
  const [second = '', top = ''] = labels.slice(-2);
  return labels.slice(top.length === 2 && publicSecondLevel.has(second) ? -3 : -2).join('.');
}

const publicSecondLevel: ReadonlySet<string> = new Set('ac co com edu gob gov gv id ltd mil ne net nom or org plc sch'.split(' '));
