// The one table of allowed moves. The database keeps the same table in `task_moves_guard`; a test compares the two.

export const taskStatuses = ['awaiting_approval', 'pending', 'processing', 'completed', 'failed', 'canceled'] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export const moves = {
  awaiting_approval: ['pending', 'canceled', 'failed'],
  pending: ['processing', 'failed', 'canceled'],
  processing: ['completed', 'failed', 'canceled', 'pending'],
  completed: [],
  failed: [],
  canceled: [],
} as const satisfies Record<TaskStatus, readonly TaskStatus[]>;

export function mayMove(from: TaskStatus, to: TaskStatus): boolean {
  return (moves[from] as readonly TaskStatus[]).includes(to);
}

/** Nothing more will happen to this task: its holds are closed and its answer is written. */
export function isOver(status: TaskStatus): boolean {
  return moves[status].length === 0;
}
