// One plain object with what every flow needs. It is put together in core/product/product.ts, and by the tests' stage.

import type { Currency } from '#core/domain/credits/packs.ts';
import type { StartingCredits } from '#core/domain/credits/starting-credits.ts';
import type { Agents } from '#core/ports/agents.ts';
import type { Auth } from '#core/ports/auth.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Files } from '#core/ports/files.ts';
import type { Gauge, PartHealth } from '#core/ports/health.ts';
import type { Log } from '#core/ports/log.ts';
import type { Mailer } from '#core/ports/mail.ts';
import type { Payments } from '#core/ports/payments.ts';
import type { Poster } from '#core/ports/poster.ts';
import type { Queue } from '#core/ports/queue.ts';
import type { SecurityLog } from '#core/ports/security-log.ts';
import type { Shower } from '#core/ports/shower.ts';
import type { Tables } from '#core/ports/tables.ts';
import type { Store } from '#core/store/database/store.ts';
import type { LearnedCharges } from '../tasks/learned.ts';
import type { Paces } from '../credits/paces.ts';
import type { Rates } from './rates.ts';

export interface Core {
  readonly store: Store;
  readonly queue: Queue;
  readonly agents: Agents;
  readonly auth: Auth;
  readonly files: Files;
  /** null: mail is off. */
  readonly mailer: Mailer | null;
  /** null: nothing is sold. */
  readonly payments: Payments | null;
  readonly tables: Tables;
  readonly learned: LearnedCharges;
  readonly paces: Paces;
  readonly rates: Rates;
  readonly clock: Clock;
  readonly log: Log;
  readonly security: SecurityLog;
  /** How the platforms are that this process speaks on; null where it speaks on none. */
  platforms(): { health(): readonly PartHealth[]; gauges(): readonly Gauge[] } | null;
  readonly settings: CoreSettings;
}

export interface CoreSettings {
  /** Where people reach the portal and our links, without a slash at the end. */
  readonly publicUrl: string;
  /** Whether the portal's pages are there to be linked to. */
  readonly hasPortal: boolean;
  readonly brandName: string;
  /** The first signs links; all of them are accepted. */
  readonly linkKeys: readonly [Buffer, ...Buffer[]];
  /** Who runs the product, by mail address in lower case: they see the operator's pages once the address is verified, and get alarms. */
  readonly operatorEmails: ReadonlySet<string>;
  /** Names this process in leases and logs. */
  readonly worker: string;
  /** Whoever has shown that a mailbox is theirs begins with these, within what a domain and a network may have in a day. */
  readonly startingCredits: StartingCredits;
  readonly selling: {
    /** What packs are sold in; the first is the usual one. */
    readonly currencies: readonly [Currency, ...Currency[]];
    /** Who sells, with a tax ID; null where the operator has not said. */
    readonly seller: string | null;
    /** Where people write about payments. */
    readonly email: string | null;
    /** Whether a card can be kept for later payments. */
    readonly savesCards: boolean;
    /** Whether auto top-up is offered: not where Stripe works out taxes, which it does at a checkout alone. */
    readonly topsUp: boolean;
  };
  /** Names mailboxes in keys, so that they cannot be read there. */
  readonly mailboxKey: Buffer;
  /** Platforms whose people read letters from us (web, terminal): nothing is posted there. */
  readonly readHere: ReadonlySet<string>;
  /** What our app asks a workspace for, by platform. */
  readonly wantedScopes: Readonly<Record<string, readonly string[]>>;
  /** Platforms whose attachments we can fetch: what somebody attaches elsewhere is refused. */
  readonly fetchesFrom: ReadonlySet<string>;
  /** From acceptance to its end, whatever happens. */
  readonly taskDeadlineMs: number;
  /** How long a task waits for an agent to take it, before its person is told that none can be reached. */
  readonly agentsWaitMs: number;
  /** How long a worker may be silent before another takes over its attempts. */
  readonly leaseMs: number;
  /** How long a letter is left to the process that claimed it: after a crash its answer is this late at the most. */
  readonly letterLeaseMs: number;
  /** How long news of payments and top-ups are left to the process that took them. A few calls of 15 s each have ended by then. */
  readonly paymentLeaseMs: number;
  /** How often upkeep looks for what was left lying. */
  readonly sweepEveryMs: number;
  /** A committed task that is not in the queue by then was lost on the way. */
  readonly lostAfterMs: number;
  /** After a failure that is not its own a task is tried again after this long, and twice as long after each further one. */
  readonly retryMs: number;
  /** Until when a door has its answer that does not say how long it can wait, counted from when the request came. */
  readonly answerWithinMs: number;
  /** How long running tasks, posts and mails may take to end, once this process is to end, before they are left to another one. */
  readonly leaveAfterMs: number;
}

/** What delivery needs besides: the posters of this process, by platform. */
export type Posters = ReadonlyMap<string, Poster>;

/** Those that edit posts while work goes on, by platform. */
export type Showers = ReadonlyMap<string, Shower>;
