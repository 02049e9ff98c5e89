// What the buttons of task-actions.tsx ask for. A page answers its own buttons, wherever a task is shown: it is loaded already,
// while another page's part may be out of reach when they are pressed.

import { data, redirect } from 'react-router';
import { micro, sayCredits } from '#core/domain/credits/credits.ts';
import { newId } from '#core/domain/ids.ts';
import { refuse, Refusal } from '#core/domain/refusals/refusal.ts';
import { attempt } from '../guarded.ts';
import { changeAddress } from './turn-address.ts';
import type { Who } from '../visit.ts';
import type { Visited } from '../visited.ts';

const acts = {
  async approve({ app, actor }, _form, id) {
    await app.tasks.approve(actor, id);
    return data({ approved: true });
  },
  async change({ app, actor }, _form, id) {
    const { conversationId } = await app.tasks.change(actor, id);
    return redirect(changeAddress(conversationId, id));
  },
  async cancel({ app, actor }, _form, id) {
    await app.tasks.cancel(actor, id);
    return data({ stopped: true });
  },
  async again({ app, actor }, form, id) {
    const taken = await app.tasks.retry(actor, id, `web:${actor.teamId}:${actor.userId}:${form.text('key') || newId()}`);
    if (taken.kind === 'refused') throw new Refusal(taken.refused);
    return redirect(`/tasks/${taken.taskId}`);
  },
  async feedback({ app, actor }, form, id) {
    const verdict = form.text('verdict');
    if (verdict !== 'good' && verdict !== 'bad') throw refuse('request.malformed');
    const { returned } = await app.tasks.feedback(actor, id, verdict);
    return data({ thanks: returned === null ? 'Thank you' : `Thank you. ${sayCredits(micro(returned))} returned.` });
  },
} satisfies Record<string, (visit: Visited<Who>, form: Form, id: string) => Promise<unknown>>;

interface Form {
  readonly intent: string;
  text(name: string): string;
}

type TaskAct = keyof typeof acts;

export function isTaskAct(intent: string): intent is TaskAct {
  return Object.hasOwn(acts, intent);
}

export function actOnTask(visit: Visited<Who>, form: Form, id: string) {
  const act = async () => {
    if (!isTaskAct(form.intent)) throw refuse('request.malformed');
    return acts[form.intent](visit, form, id);
  };
  // Without JavaScript a page with several tasks has to know whose problem it shows.
  return attempt(visit, form.intent, act, { task: id });
}
