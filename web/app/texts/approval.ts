// What the card of a task says that waits for approval. Apart from work.ts, because the dashboard is loaded without it.

/** A task that waits for approval. */
export const approval = {
  title: 'Start this task?',
  waiting: 'Waiting for approval',
  waitingFor: (name: string) => `Waiting for ${name} to approve`,
  because: (whose: 'team' | 'you', credits: string) =>
    `${whose === 'team' ? 'Your team confirms' : 'You confirm'} requests over ${credits}.`,
  nothingCharged: 'Nothing is charged until it is approved.',
  expires: 'This request expires',
  approve: (most: string) => `Approve · up to ${most}`,
  approving: 'Approving…',
  change: 'Change',
  changing: 'Opening…',
  cancel: 'Cancel task',
  canceling: 'Canceling…',
} as const;
