// One line of a task's append-only log: what happened, when, what it cost. It feeds the portal, live updates and support.

import type { AgentType } from './agent-type.ts';
import { micro, sayCredits, showCredits, type Amount } from '../credits/credits.ts';
import type { FailureCode } from './failure.ts';
import type { ConversationId } from '../ids.ts';
import { never } from '../never.ts';
import { quantityOf, sayQuantity } from '../asks/quantity.ts';
import { sayEstimate } from '../messages/say.ts';

/** Kinds and what the database keeps with each. */
export type TaskEvent =
  | {
      readonly kind: 'accepted';
      readonly data: {
        readonly type: AgentType;
        readonly because: string;
        readonly estimateLow: Amount;
        readonly estimateHigh: Amount;
        readonly quantity?: number;
        readonly stated?: boolean;
        readonly held: Amount;
        readonly available: Amount;
        readonly position?: number;
      };
    }
  /** It waits for its person's approval, and holds nothing. */
  | {
      readonly kind: 'approval-requested';
      readonly data: {
        readonly type: AgentType;
        readonly because: string;
        readonly estimateLow: Amount;
        readonly estimateHigh: Amount;
        readonly quantity?: number;
        readonly stated?: boolean;
        readonly available: Amount;
        readonly above?: Amount;
        readonly whose?: 'team' | 'you';
        /** ISO 8601. */
        readonly approveBy?: string;
      };
    }
  /** A worker took it. `attempt` counts from 1. */
  | { readonly kind: 'started'; readonly data: { readonly attempt: number } }
  | { readonly kind: 'agent-accepted'; readonly data: { readonly attempt: number } }
  | { readonly kind: 'step'; readonly data: { readonly id: string; readonly title: string; readonly state: 'running' | 'done' | 'failed' } }
  /** Committed but forgotten by the queue, and added again. */
  | { readonly kind: 'requeued'; readonly data: { readonly generation: number } }
  | { readonly kind: 'cancel-requested'; readonly data: object }
  | { readonly kind: 'completed'; readonly data: Settled }
  | { readonly kind: 'failed'; readonly data: Settled & { readonly code: FailureCode } }
  /** `code` where nobody canceled it: it expired. */
  | { readonly kind: 'canceled'; readonly data: Settled & { readonly code?: FailureCode } }
  | { readonly kind: 'sent'; readonly data: { readonly messageRef?: string } }
  | { readonly kind: 'undelivered'; readonly data: { readonly trouble: string } }
  /** Somebody wanted it posted once more. */
  | { readonly kind: 'sent-again'; readonly data: object }
  /** What could not be posted was said in another conversation. */
  | { readonly kind: 'said-elsewhere'; readonly data: { readonly conversationId: ConversationId } };

export interface Settled {
  readonly charged: Amount;
  readonly returned: Amount;
  readonly available: Amount;
}

export type TaskEventKind = TaskEvent['kind'];

/** The words shown for it. */
export function sayEvent(event: TaskEvent): string {
  switch (event.kind) {
    case 'accepted':
      return `Accepted, ${event.data.because}; ${sayCountOf(event.data)}estimate ${sayEstimate(event.data)}, ${sayCredits(micro(event.data.held))} reserved`;
    case 'approval-requested':
      return `Needs approval, ${event.data.because}; ${sayCountOf(event.data)}estimate ${sayEstimate(event.data)}`;
    case 'started':
      return event.data.attempt === 1 ? 'Started' : `Started again, attempt ${event.data.attempt}`;
    case 'agent-accepted':
      return 'An agent accepted the task';
    case 'step':
      return `${event.data.title}${{ running: '', done: ': done', failed: ': failed' }[event.data.state]}`;
    case 'requeued':
      return 'Queued again';
    case 'cancel-requested':
      return 'Cancellation requested';
    case 'completed':
      return `Done, ${saySettled(event.data)}`;
    case 'failed':
      return 'Failed, nothing charged';
    case 'canceled':
      if (event.data.code !== undefined) return 'Expired, nothing charged';
      return `Canceled, ${saySettled(event.data)}`;
    case 'sent':
      return 'Result posted';
    case 'undelivered':
      return 'The result could not be posted';
    case 'sent-again':
      return 'Result sent again';
    case 'said-elsewhere':
      return 'Result sent to another conversation';
    default:
      return never(event);
  }
}

function sayCountOf({ type, quantity, stated = true }: { type: AgentType; quantity?: number; stated?: boolean }): string {
  const read = quantity === undefined ? null : quantityOf(type, quantity, stated);
  return read === null ? '' : `${sayQuantity(read)}, `;
}

function saySettled({ charged, returned }: Settled): string {
  return `used ${showCredits(micro(charged))}, returned ${sayCredits(micro(returned))}`;
}
