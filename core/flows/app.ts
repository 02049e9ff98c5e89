// What the front doors (bots, HTTP, portal, terminal) may ask of the core: everything they do goes through these verbs.

import type { Readable } from 'node:stream';
import type { AskInput } from '#core/contracts/ask.ts';
import type { KeyScope } from '#core/domain/api-key.ts';
import type { AgentType } from '#core/domain/agent-type.ts';
import type { BalanceColour } from '#core/domain/balance-colour.ts';
import type { Amount } from '#core/domain/credits.ts';
import type { ApiKeyId, ConversationId, FileId, TaskId, TeamId, UserId } from '#core/domain/ids.ts';
import type { Saying } from '#core/domain/letter.ts';
import type { Role } from '#core/domain/permission.ts';
import type { Refused } from '#core/domain/refusal.ts';
import type { Quantity } from '#core/domain/quantity.ts';
import type { Reply } from '#core/domain/reply.ts';
import type { SessionId } from '#core/ports/auth.ts';
import type { TaskView } from '#core/domain/task-view.ts';
import type { ThreadRef } from '#core/domain/thread-ref.ts';
import type { CreditVerbs } from './credits.ts';
import type { StartingCreditVerbs } from './starting-credits.ts';
import type { CustodyVerbs } from './custody.ts';
import type { AccountVerbs } from './accounts.ts';
import type { LiveVerbs } from './live.ts';
import type { LoginVerbs } from './logins.ts';
import type { OperatorAccessVerbs } from './operate-access.ts';
import type { OperatorVerbs } from './operate.ts';
import type { OwnKeyVerbs } from './own-keys.ts';
import type { TeamVerbs } from './team.ts';
import type { FileVerbs } from './file-acts.ts';
import type { DeliveryVerbs } from './undelivered.ts';
import type { WorkVerbs } from './work.ts';

export interface App
  extends
    LiveVerbs,
    DeliveryVerbs,
    LoginVerbs,
    TeamVerbs,
    CustodyVerbs,
    CreditVerbs,
    StartingCreditVerbs,
    AccountVerbs,
    OwnKeyVerbs,
    OperatorVerbs,
    OperatorAccessVerbs,
    WorkVerbs,
    FileVerbs {
  /**
   * Resolves only after the outcome is committed. A refusal is an outcome too: it is stored, and where letters are posted its
   * letter is written. What comes too often is refused without a trace, unless it repeats what has an outcome. Rejects with
   * `database.unavailable` when it could not be written down 2.5 s after the request came; `waitedMs` of them are over.
   */
  ask(input: AskInput, waitedMs?: number): Promise<Taken>;
  /** Rejects with `task.not-found` for somebody else's, `task.over` when there is nothing left to stop. */
  cancel(actor: Actor, taskId: string): Promise<Stopped>;
  /** Asks for the same work again as a new task, once per `key`. */
  retry(actor: Actor, taskId: string, key: string, waitedMs?: number): Promise<Taken>;

  task(actor: Actor, taskId: string): Promise<TaskView>;
  /** Newest first. `before` is the last id of the page before. */
  history(actor: Actor, page: { before?: string; limit: number }): Promise<TaskView[]>;
  balance(actor: Actor): Promise<WalletView>;
  /** Where one of the team's conversations is. Rejects with `conversation.not-found` for somebody else's. */
  conversation(actor: Actor, conversationId: string): Promise<ThreadRef>;
  /** What was said in a conversation after letter `after` (0 for all), rendered now: links in it are fresh. Somebody else's is not found. */
  letters(actor: Actor, conversationId: string, after: number): Promise<ShownLetter[]>;

  /** Keeps a file that an ask will name. Refused when it is empty, too large, or not of the size that was said. */
  keepInput(actor: Actor, file: { name: string; mime: string; sizeBytes: number }, body: Readable): Promise<FileId>;
  /** A fresh signed address for one of our links. Rejects with `link.expired` for a stranger after seven days, `link.ended` once somebody of the team ended it, `file.deleted`, and `file.gone` when it is no longer kept. */
  openLink(token: string, actor: Actor | null): Promise<{ url: string }>;

  /** Each part the product needs, and whether it answers now. */
  health(): Promise<PartHealth[]>;
  /** Numbers for /metrics that live in PostgreSQL and the queue. */
  gauges(): Promise<Gauge[]>;
}

/** Who acts, for which team. */
export interface Actor {
  readonly userId: UserId;
  readonly teamId: TeamId;
  readonly role: Role;
  readonly email: string;
  readonly apiKeyId?: ApiKeyId;
  /** What their key may do; web/server/read-only.ts keeps it. */
  readonly scope?: KeyScope;
  /** Set for a person who is logged in. */
  readonly sessionId?: SessionId;
  /** When this person last showed who they are; what cannot easily be undone asks again after ten minutes. */
  readonly confirmedAt?: Date;
  /** The network address that this request came from, for the security log. */
  readonly caller?: string;
}

export type Taken = TakenTask | TakenRefusal;

export interface TakenTask {
  readonly kind: 'task';
  /** This ask had been taken before; nothing new happened. */
  readonly repeated: boolean;
  readonly taskId: TaskId;
  readonly conversationId: ConversationId;
  readonly threadRef: ThreadRef;
  readonly type: AgentType;
  readonly because: string;
  /** What was understood; null where the type is charged by usage, and for tasks from before it was told. */
  readonly quantity: Quantity | null;
  readonly estimateLow: Amount;
  readonly estimateHigh: Amount;
  readonly held: Amount;
  /** What the wallet can spend besides. */
  readonly available: Amount;
  /** How many tasks of the same conversation go first. */
  readonly position: number;
}

export interface TakenRefusal {
  readonly kind: 'refused';
  readonly repeated: boolean;
  readonly conversationId: ConversationId | null;
  readonly refused: Refused;
}

export interface Stopped {
  readonly taskId: TaskId;
  /** `canceled`: it is over. `stopping`: the agent was told, and the thread will say what it used. */
  readonly state: 'canceled' | 'stopping';
  readonly used: Amount;
  readonly returned: Amount;
  readonly available: Amount;
}

export interface WalletView {
  readonly available: Amount;
  readonly inUse: Amount;
  readonly debt: Amount;
  /** Grows with each movement, so that who hears of two knows the newer one. */
  readonly version: number;
  readonly colour: BalanceColour['colour'];
  /** Says the same without colour. */
  readonly words: string;
}

export interface ShownLetter {
  readonly seq: number;
  readonly part: number;
  readonly taskId: TaskId | null;
  readonly kind: Saying['kind'];
  readonly reply: Reply;
  readonly at: string;
}

declare const cursor: unique symbol;
/** Opaque, and safe in a Last-Event-ID header. */
export type EventCursor = string & { readonly [cursor]: 'event' };

export interface EventLine {
  readonly cursor: EventCursor;
  readonly taskId: TaskId;
  readonly kind: string;
  readonly data: unknown;
  readonly at: string;
}

export interface PartHealth {
  readonly part: 'database' | 'queue' | 'workers' | 'storage' | 'agents';
  readonly ok: boolean;
  /** What is wrong, without secrets. */
  readonly trouble?: string;
}

export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}
