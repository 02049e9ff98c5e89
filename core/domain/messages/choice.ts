// What a button says back to us. The id travels through the platform and returns with who pressed it; it grants
// nothing by itself: whether that person may act on that task is looked at when it comes back.

import { isId, type TaskId } from '../ids.ts';

/** `good` and `bad` say what somebody thinks of a result. */
export const choiceActs = ['approve', 'change', 'cancel', 'retry', 'good', 'bad'] as const;
export type ChoiceAct = (typeof choiceActs)[number];

/** Short enough for every platform: Discord allows a hundred characters. */
export function choiceId(act: ChoiceAct, taskId: TaskId): string {
  return `${act}:${taskId}`;
}

/** Null for anything that we did not make. */
export function readChoice(id: string): { act: ChoiceAct; taskId: TaskId } | null {
  const colon = id.indexOf(':');
  const act = choiceActs.find((each) => each === id.slice(0, colon));
  const taskId = id.slice(colon + 1);
  return act !== undefined && isId(taskId) ? { act, taskId: taskId as TaskId } : null;
}
