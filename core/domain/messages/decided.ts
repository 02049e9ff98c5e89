// A post that asked for approval, once that was decided: what it was about, what was decided, and nothing to press.

import type { TaskStatus } from '../tasks/task.ts';
import type { Approval } from './letter.ts';
import type { Block, Reply } from './reply.ts';
import { replyFor, type ReplyContext } from './say.ts';

export interface Decided {
  readonly status: TaskStatus;
  /** Why the task is over, where nobody canceled it. */
  readonly failure: string | null;
  /** Another request took its place. */
  readonly replaced: boolean;
}

/** `saying`: what it said before; null where that was removed. */
export function decidedReply(saying: Approval | null, decided: Decided, context: ReplyContext): Reply {
  const { title, words } = verdictOf(decided);
  const before = saying === null ? [] : replyFor(saying, context).blocks.flatMap(kept);
  return {
    fallback: [title, words].join('. '),
    blocks: [
      { kind: 'heading', text: title, tone: decided.status === 'canceled' ? 'plain' : 'good' },
      ...before,
      { kind: 'prose', text: words, from: 'us' },
    ],
  };
}

/** Who asked for what, how much of it, and for how many credits at most. */
function kept(block: Block): Block[] {
  if (block.kind === 'prose') return block.from === 'us' ? [] : [block];
  // What is left to spend has changed since.
  return block.kind === 'facts' ? [{ ...block, facts: block.facts.filter(({ label }) => label !== 'Left to spend') }] : [];
}

function verdictOf({ status, failure, replaced }: Decided): { readonly title: string; readonly words: string } {
  if (replaced) return { title: 'Changed', words: 'The changed request is below. Nothing was charged for this one.' };
  if (failure === 'approval.expired') return { title: 'Expired', words: 'Nobody approved this request in time. Nothing was charged.' };
  if (status === 'canceled') return { title: 'Canceled', words: 'This request was canceled.' };
  return { title: 'Approved', words: 'The answer is posted below.' };
}
