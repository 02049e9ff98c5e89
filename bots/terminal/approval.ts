// A task that needs approval: asks the person whether to start it, and does what they say.

import type { TaskView } from '#core/domain/tasks/task-view.ts';
import { Refused, Unreachable, type Created } from './client/client.ts';
import { patiently } from './client/patience.ts';
import type { Conversation } from './conversation.ts';
import { follow, patienceOf, type End, type Session } from './follow.ts';
import { sayNo } from './no.ts';

export type WaitingTask = Pick<TaskView, 'id' | 'approveBy'>;

/** Watches a new task to its end; one that needs approval only once it is approved. */
export async function begin(session: Session, conversation: Conversation, { taskId, needsApproval }: Created): Promise<End> {
  // A repeated request reads as it did at first: its task may be approved by now, or over.
  const task = needsApproval ? await patiently(patienceOf(session), () => session.target.client.task(taskId)) : null;
  return task?.status === 'awaiting_approval' ? decide(session, conversation, task) : follow(session, conversation, taskId);
}

/** Starts a waiting task, cancels it, or leaves it waiting, as the person wants. */
export async function decide(session: Session, conversation: Conversation, task: WaitingTask): Promise<End> {
  await patiently(patienceOf(session), () => conversation.showNew());
  switch (session.yes ? 'yes' : await answerOf(session)) {
    case 'yes':
      return approve(session, conversation, task);
    case 'no':
      return cancel(session, conversation, task);
    case 'later':
      sayWaiting(session, conversation, task);
      return 'waiting';
  }
}

/** Approving twice starts a task once, so it is repeated until there is an answer. */
export async function approve(session: Session, conversation: Conversation, task: WaitingTask): Promise<End> {
  const { screen, target } = session;
  try {
    await patiently(patienceOf(session), () => target.client.approve(task.id));
  } catch (error) {
    if (error instanceof Refused) return refused(session, conversation, task, error);
    if (!(error instanceof Unreachable)) throw error;
    sayNo(screen, target.url, error);
    screen.say(`We don’t know whether the task was started. To find out:\n  npm run ask -- --continue ${conversation.id}\n`);
    return 'left';
  }
  return follow(session, conversation, task.id);
}

/** Never stops a task that was approved elsewhere while the question stood here. */
async function cancel(session: Session, conversation: Conversation, task: WaitingTask): Promise<End> {
  const { screen, target } = session;
  const patience = patienceOf(session);
  const { status, over } = await patiently(patience, () => target.client.task(task.id));
  try {
    if (status === 'awaiting_approval') await patiently(patience, () => target.client.cancel(task.id));
    else if (!over) screen.say('The task was approved in the meantime, so it was not canceled.\n');
  } catch (error) {
    if (error instanceof Refused) return refused(session, conversation, task, error);
    throw error;
  }
  return follow(session, conversation, task.id);
}

/** What became of the task meanwhile says more than the refusal, if anything did. */
async function refused(session: Session, conversation: Conversation, task: WaitingTask, no: Refused): Promise<End> {
  const { screen, target } = session;
  const patience = patienceOf(session);
  const { status, over } = await patiently(patience, () => target.client.task(task.id));
  if (status !== 'awaiting_approval' && !over) return follow(session, conversation, task.id);
  const letters = await patiently(patience, () => conversation.showNew());
  if (over && letters.some(({ taskId }) => taskId === task.id)) return 'not-done';
  sayNo(screen, target.url, no);
  if (over || no.code === 'approval.expired') return 'not-done';
  if (no.code !== 'approval.not-yours') sayWaiting(session, conversation, task);
  return 'waiting';
}

async function answerOf({ screen, question }: Session): Promise<'yes' | 'no' | 'later'> {
  if (question === null) return 'later';
  for (;;) {
    const answer = (await question('Start this task? [y/N] '))?.trim().toLowerCase();
    screen.say('');
    if (answer === undefined) return 'later';
    if (answer === 'y' || answer === 'yes') return 'yes';
    if (answer === '' || answer === 'n' || answer === 'no') return 'no';
    screen.say('Type y to start the task, or n to cancel it.\n');
  }
}

function sayWaiting({ screen, question, yes }: Session, { id }: Conversation, { approveBy }: WaitingTask): void {
  const waits = `The task waits for approval${approveBy === null ? '' : ` until ${sayTime(new Date(approveBy))}`}.`;
  const how = `npm run ask -- --continue ${id}`;
  if (question !== null) return screen.say(`${waits} To answer later:\n  ${how}\n`);
  const why = yes ? '' : 'This is not an interactive terminal, so the task was not started. ';
  screen.say(`${why}${waits} To start it:\n  ${how} --yes\n`);
}

/** "Dec 1, 4:34 PM GMT+1", where the person is. */
function sayTime(at: Date): string {
  return new Intl.DateTimeFormat('en-US', {
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(at);
}
