// `--continue`: an earlier conversation, with what was said in it and what is still open.

import type { ShownLetter } from '#core/flows/messages/conversation.ts';
import { decide } from './approval.ts';
import { conversationOf, type Conversation } from './conversation.ts';
import { follow, type Session } from './follow.ts';
import { renderTerminal } from './render.ts';

export interface PickedUp {
  readonly conversation: Conversation;
  /** A task waits for approval, or its end was not seen. */
  readonly waits: boolean;
}

/** Without `look` something new is asked in it, and only what comes from now on is shown. */
export async function pickUp(session: Session, id: string, { look }: { look: boolean }): Promise<PickedUp> {
  const { client } = session.target;
  const said = await client.letters(id, 0);
  const conversation = conversationOf(id, { client, screen: session.screen }, look ? 0 : (said.at(-1)?.seq ?? 0));
  return { conversation, waits: look && (await lookAt(session, conversation)) };
}

/** Shows what was said, asks about each task that needs approval, and watches what runs. */
async function lookAt(session: Session, conversation: Conversation): Promise<boolean> {
  const { client } = session.target;
  let waits = false;
  for (const taskId of unanswered(await conversation.showNew())) {
    const task = await client.task(taskId);
    if (task.status !== 'awaiting_approval') continue;
    sayRequest(session, task.title);
    const end = await decide(session, conversation, task);
    if (end === 'left') return true;
    waits ||= end === 'waiting';
  }
  const running = (await client.history(50)).filter(
    ({ conversationId, over, status }) => conversationId === conversation.id && !over && status !== 'awaiting_approval',
  );
  if (running.length > 0) await follow(session, conversation, running.at(-1)!.id);
  return waits;
}

/** Tasks about whose approval was asked, and nothing was said since. */
function unanswered(letters: readonly ShownLetter[]): Set<string> {
  const answered = new Set(letters.filter(({ kind }) => kind !== 'approval').map(({ taskId }) => taskId));
  return new Set(letters.flatMap(({ kind, taskId }) => (kind === 'approval' && taskId !== null && !answered.has(taskId) ? [taskId] : [])));
}

/** There may be several, and their letters stand further up. */
function sayRequest({ screen }: Session, title: string): void {
  const request = { kind: 'prose', text: title, from: 'person' } as const;
  screen.say(`${renderTerminal({ fallback: title, blocks: [request] }, screen.look())}\n`);
}
