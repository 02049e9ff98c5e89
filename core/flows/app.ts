// What the front doors (bots, HTTP, portal, terminal) may ask of the core: everything they do goes through these verbs.

import type { Readable } from 'node:stream';
import type { AskInput } from '#core/contracts/ask.ts';
import type { FileId } from '#core/domain/ids.ts';
import type { TaskView } from '#core/domain/tasks/task-view.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';
import type { CreditVerbs } from './credits/credits.ts';
import type { StartingCreditVerbs } from './credits/starting-credits.ts';
import type { CustodyVerbs } from './privacy/custody.ts';
import type { AccountVerbs } from './accounts/accounts.ts';
import type { LiveVerbs } from './live/live.ts';
import type { LoginVerbs } from './accounts/logins.ts';
import type { OperatorAccessVerbs } from './operator/operate-access.ts';
import type { OperatorVerbs } from './operator/operate.ts';
import type { OwnKeyVerbs } from './accounts/own-keys.ts';
import type { TeamVerbs } from './team/team.ts';
import type { FileVerbs } from './files/file-acts.ts';
import type { DeliveryVerbs } from './messages/undelivered.ts';
import type { WorkVerbs } from './tasks/work.ts';
import type { Actor } from '#core/domain/actor.ts';
import type { Taken, Stopped, WalletView, ShownLetter, PartHealth, Gauge } from './views.ts';

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
