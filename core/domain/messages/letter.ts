// Everything a letter can say. The JSON of a saying is what the database stores, in the transaction of its reason.

import type { AgentType } from '../tasks/agent-type.ts';
import type { Amount } from '../credits/credits.ts';
import type { LostFile } from '../files/lost-input.ts';
import type { FailureCode } from '../tasks/failure.ts';
import type { ConversationId, FileId, TaskId } from '../ids.ts';
import type { Refused } from '../refusals/refusal.ts';
import type { TablePreview } from './reply.ts';
import type { Platform } from './thread-ref.ts';
import type { TaskStatus } from '../tasks/task.ts';

export type Saying = Accepted | Approval | RefusedSaying | Working | Result | Failed | Canceled | Balance | Help | History | Notice;
export type SayingKind = Saying['kind'];

/** The first words: the task is stored and its estimate is held. */
export interface Accepted {
  readonly kind: 'accepted';
  readonly taskId: TaskId;
  readonly type: AgentType;
  /** As classify() gave it: "read as lead-generation because of “leads”". */
  readonly because: string;
  readonly estimateLow: Amount;
  readonly estimateHigh: Amount;
  /** How many were understood; absent where the type is charged by usage, and in letters from before it was said. */
  readonly quantity?: number;
  /** False when nobody named a number and the usual quantity is meant. */
  readonly stated?: boolean;
  readonly held: Amount;
  /** What the wallet can still spend, the hold already taken off. */
  readonly available: Amount;
  /** How many tasks of this conversation go first; absent or 0 when it starts at once. */
  readonly position?: number;
  readonly byCommand?: true;
  readonly request?: RequestSaid;
}

/**
 * What was asked, and by whom, where nobody else sees it: a command leaves no message. Never stored: it is added when first words are
 * posted (`byCommand`), so what was erased is in no letter.
 */
export interface RequestSaid {
  readonly by: string;
  /** Its first line. */
  readonly text: string;
}

/** It waits for approval; nothing is held yet. */
export interface Approval {
  readonly kind: 'approval';
  readonly taskId: TaskId;
  readonly type: AgentType;
  readonly because: string;
  readonly estimateLow: Amount;
  readonly estimateHigh: Amount;
  /** As in `Accepted`. */
  readonly quantity?: number;
  readonly stated?: boolean;
  /** What the wallet can spend now. */
  readonly available: Amount;
  /** Who has to approve it, or credits to pay for it. */
  readonly waitsFor: 'you' | 'approver' | 'credits';
  /** The threshold that the estimate is above, and who set it. */
  readonly above?: Amount;
  readonly whose?: 'team' | 'you';
  /** When it expires, ISO 8601. */
  readonly approveBy?: string;
  /** It is a request that was edited after it had been taken. */
  readonly edited?: boolean;
  readonly byCommand?: true;
  readonly request?: RequestSaid;
}

export type RefusedSaying = Refused & { readonly kind: 'refused' };

/** Decoration: an edit of the first words, never the answer itself. */
export interface Working {
  readonly kind: 'working';
  readonly taskId: TaskId;
  readonly type: AgentType;
  readonly held: Amount;
  readonly steps: readonly Step[];
  readonly request?: RequestSaid;
  /** How it ended; then there is nothing to cancel, and the answer stands below. Absent while it goes on. */
  readonly ended?: Extract<TaskStatus, 'completed' | 'failed' | 'canceled'>;
}

export interface Step {
  readonly title: string;
  readonly state: 'done' | 'running' | 'waiting' | 'failed';
}

export interface Result {
  readonly kind: 'result';
  readonly taskId: TaskId;
  readonly type: AgentType;
  /** The agent's own words. */
  readonly summary: string;
  readonly files: readonly FileSaying[];
  readonly charged: Amount;
  readonly returned: Amount;
  readonly available: Amount;
  /** Made-up data of the sandbox: said wherever the result is shown. */
  readonly sample: boolean;
  /** What was delivered, where the type is countable; the words for it come from the rate table. */
  readonly units?: number;
}

export interface FileSaying {
  readonly fileId: FileId;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  readonly preview?: TablePreview;
}

export interface Failed {
  readonly kind: 'failed';
  readonly taskId: TaskId;
  readonly type: AgentType;
  readonly code: FailureCode;
  /** Which files never arrived. */
  readonly lost?: readonly LostFile[];
  readonly returned: Amount;
  readonly available: Amount;
}

export interface Canceled {
  readonly kind: 'canceled';
  readonly taskId: TaskId;
  readonly type: AgentType;
  readonly used: Amount;
  readonly returned: Amount;
  readonly available: Amount;
  /** What was finished before it stopped. */
  readonly files: readonly FileSaying[];
  readonly sample: boolean;
  /** A changed request took its place. */
  readonly replaced?: boolean;
}

export interface Balance {
  readonly kind: 'balance';
  readonly available: Amount;
  /** Held for tasks that are running or waiting. */
  readonly inUse: Amount;
  /** Days until it is used up at the present pace, once there are seven days of use. */
  readonly daysLeft?: number;
  /** Nobody asked: a channel is told that credits run low. */
  readonly low?: boolean;
}

export interface Help {
  readonly kind: 'help';
  /** Where it is shown: each chat has its own way to begin a request. The words that fit everywhere, where it is left out. */
  readonly platform?: Platform;
  /** What somebody typed where a command was expected. */
  readonly unknown?: string;
}

export interface History {
  readonly kind: 'history';
  /** Newest first. */
  readonly tasks: readonly HistoryLine[];
}

export interface HistoryLine {
  readonly taskId: TaskId;
  /** The request; its first line is shown. */
  readonly text: string;
  readonly status: TaskStatus;
  readonly creditsUsed: Amount;
  /** ISO 8601. */
  readonly at: string;
}

/** Short words that need no numbers. */
export interface Notice {
  readonly kind: 'notice';
  readonly notice: NoticeCode;
  /** After feedback: credits that came back for a result that was not useful. */
  readonly returned?: Amount;
  readonly taskId?: TaskId;
  readonly conversationId?: ConversationId;
}

export type NoticeCode =
  | 'stopping'
  | 'nothing-to-stop'
  | 'passed-on'
  | 'request-removed'
  | 'edited-refused'
  | 'not-yours'
  | 'too-often'
  | 'canceled'
  | 'feedback';
