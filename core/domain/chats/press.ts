// What somebody presses in a chat: a button of ours, a form of ours, or the platform's own stop button of a thread.

import { readChoice, type ChoiceAct } from '../messages/choice.ts';
import type { TaskId } from '../ids.ts';

export type Press = { readonly act: ChoiceAct; readonly taskId: TaskId } | { readonly act: 'stop'; readonly taskId: null };

/** The platform's own stop button, which names no task. */
export const STOP = 'stop';

/** null for what we never made. */
export function readPress(choice: string): Press | null {
  return choice === STOP ? { act: 'stop', taskId: null } : readChoice(choice);
}
