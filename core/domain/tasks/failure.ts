// How a task can fail after it was accepted. Every failure costs nothing and says so; what may be tried again differs.

import type { AgentType } from './agent-type.ts';
import { APPROVAL_HOURS } from './approval.ts';

interface Rule {
  readonly sentence: string;
  readonly wayForward: string;
  /** The agent may have acted before it was lost, so a repetition of work with outside effects needs a person's look first. */
  readonly mayHaveActed: boolean;
}

const table = {
  'agent.failed': {
    sentence: 'The agent could not finish this task.',
    wayForward: 'Try again, or rephrase your request.',
    mayHaveActed: true,
  },
  'agent.timed-out': {
    sentence: 'The agent ran out of time.',
    wayForward: 'Try again, or ask for less.',
    mayHaveActed: true,
  },
  'agent.lost': {
    sentence: 'We lost the connection to the agent.',
    wayForward: 'Try again.',
    mayHaveActed: true,
  },
  'agent.unreachable': {
    sentence: 'No agent was available in time.',
    wayForward: 'Try again in a few minutes.',
    mayHaveActed: false,
  },
  'result.empty': {
    sentence: 'The agent finished without a result.',
    wayForward: 'Try again with a few more details.',
    mayHaveActed: true,
  },
  'result.not-kept': {
    sentence: 'The agent finished, but its files could not be stored.',
    wayForward: 'Try again in a few minutes.',
    mayHaveActed: true,
  },
  'result.broken': {
    sentence: 'The agent finished, but its files did not arrive complete.',
    wayForward: 'Try again.',
    mayHaveActed: true,
  },
  'inputs.missing': {
    sentence: 'Not all files of this request could be downloaded.',
    wayForward: 'Send your request again with all its files attached.',
    mayHaveActed: false,
  },
  'approval.expired': {
    sentence: `Nobody approved this request within ${APPROVAL_HOURS} hours, so it was not started.`,
    wayForward: 'Run it again if you still need it.',
    mayHaveActed: false,
  },
  'workspace.uninstalled': {
    sentence: 'The app was removed from this workspace.',
    wayForward: 'Ask again in the portal, or add the app to the workspace again.',
    mayHaveActed: true,
  },
  'our.fault': {
    sentence: 'Something went wrong on our side.',
    wayForward: 'Try again. If it happens again, contact us with the task’s id.',
    mayHaveActed: true,
  },
} as const satisfies Record<string, Rule>;

export type FailureCode = keyof typeof table;
export const failureCodes = Object.keys(table) as FailureCode[];

export interface Failure {
  readonly code: FailureCode;
  /** What happened. */
  readonly sentence: string;
  /** What it cost. */
  readonly cost: string;
  /** What to do next. */
  readonly wayForward: string;
}

export function failureFor(code: FailureCode, type: AgentType): Failure {
  const { sentence, wayForward, mayHaveActed } = table[code];
  const look = mayHaveActed ? lookFirst[type] : undefined;
  return { code, sentence, cost: 'Nothing was charged.', wayForward: look === undefined ? wayForward : `${look} ${wayForward}` };
}

// Work with effects outside is never repeated without a person's word (a mail sent, a post made).
const lookFirst: Partial<Record<AgentType, string>> = {
  'email-campaign': 'Some emails may already have been sent: check before you try again.',
  'social-media': 'Something may already have been posted: check before you try again.',
};

/** True when a repetition might send or post twice: only a person may start it again. */
export function needsPersonToRepeat(type: AgentType): boolean {
  return lookFirst[type] !== undefined;
}
