// What the verbs answer, where more than one room reads it.

import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import type { BalanceColour } from '#core/domain/credits/balance-colour.ts';
import type { Amount } from '#core/domain/credits/credits.ts';
import type { ConversationId, TaskId } from '#core/domain/ids.ts';
import type { Saying } from '#core/domain/messages/letter.ts';
import type { Refused } from '#core/domain/refusals/refusal.ts';
import type { Quantity } from '#core/domain/asks/quantity.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';

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

export declare const cursor: unique symbol;

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
