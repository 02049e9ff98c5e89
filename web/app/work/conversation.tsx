// One conversation: asks and answers in their order, and room for the next.

import { ArrowDown } from 'lucide-react';
import { useLoaderData, type MetaFunction } from 'react-router';
import { newId } from '#core/domain/ids.ts';
import type { TaskView } from '#core/domain/tasks/task-view.ts';
import { may, mustBeAllowed } from '#core/domain/team/permission.ts';
import type { ShownLetter } from '#core/flows/messages/conversation.ts';
import { buttonClass } from '../components/button.tsx';
import { classes } from '../components/classes.ts';
import { guarded, readForm } from '../guarded.ts';
import { work as words } from '../texts/work.ts';
import { askFrom } from './ask.ts';
import { Asked } from './asked.tsx';
import { Composer } from './composer.tsx';
import { useSent } from './dashboard.tsx';
import { useDoneInTitle, useLastInSight } from './last-in-sight.ts';
import { resultMarkdown } from './files/markdown-tree.ts';
import { actOnTask, isTaskAct } from './task-acts.ts';
import { changedIn } from './turn-address.ts';
import { Said, Turn, type TurnFacts } from './turn.tsx';

type Entry =
  | { readonly kind: 'task'; readonly at: string; readonly task: TaskView; readonly facts: TurnFacts }
  | {
      readonly kind: 'said';
      readonly at: string;
      readonly key: string;
      readonly heading: string;
      readonly text: string;
      readonly link: { label: string; to: string } | null;
    };

export const loader = guarded('tasks.see', async ({ app, actor, params, url, brandName, publicUrl }) => {
  const { turns: shown, letters, canFollowUp } = await app.messages.conversation(actor, params['id']!);
  const mayAsk = may(actor.role, 'tasks.ask');
  const turns = shown.map(({ task, who, ...known }): Entry => {
    const mayStop = may(actor.role, 'tasks.stop') || (known.isMine && mayAsk);
    const facts: TurnFacts = {
      ...known,
      asker: who,
      mayStop,
      mayAsk,
      mayChange: canFollowUp,
      actionKey: newId(),
      summary: resultMarkdown(task.result),
    };
    return { kind: 'task', at: task.createdAt, task, facts };
  });
  const changed = changedIn(url.searchParams);
  const back = changed !== null && shown.some(({ task }) => task.id === changed) ? await app.tasks.draft(actor, changed) : null;
  const said = letters.filter(({ taskId, kind }) => taskId === null || kind === 'notice').map((letter) => saidIn(letter, publicUrl));
  return {
    brandName,
    id: params['id']!,
    title: shown[0]?.task.title ?? 'Conversation',
    entries: [...turns, ...said].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    mayAsk: canFollowUp,
    askKey: newId(),
    changed: back === null ? null : { taskId: changed!, text: back.text, files: back.files, missing: back.missing },
  };
});

function saidIn({ reply, at, seq, part }: ShownLetter, publicUrl: string): Entry {
  const heading = reply.blocks.find((block) => block.kind === 'heading')?.text ?? reply.fallback;
  const text = reply.blocks.flatMap((block) => (block.kind === 'prose' ? [block.text] : [])).join('\n');
  const link = reply.blocks
    .flatMap((block) => (block.kind === 'choices' ? block.choices : []))
    .find(({ url }) => url?.startsWith(`${publicUrl}/`));
  return {
    kind: 'said',
    at,
    key: `${seq}.${part}`,
    heading,
    text,
    link: link ? { label: link.label, to: link.url!.slice(publicUrl.length) } : null,
  };
}

export const action = guarded('tasks.see', async (visit) => {
  const form = await readForm(visit.request.clone());
  if (isTaskAct(form.intent)) return actOnTask(visit, form, form.text('task'));
  mustBeAllowed(visit.actor, 'tasks.ask');
  return askFrom(visit, visit.params['id']!);
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [
  { title: `${loaderData?.title ?? 'Conversation'} · ${loaderData?.brandName}` },
];

export default function Conversation() {
  const { id, title, entries, mayAsk, askKey, changed } = useLoaderData<typeof loader>();
  const sent = useSent();
  const over = entries.filter((entry) => entry.kind === 'task' && entry.task.over).length;
  const { turns, hasNew, showNew } = useLastInSight(entries.length + (sent === null ? 0 : 1), over, sent !== null);
  useDoneInTitle(over, words.doneTitle);
  return (
    <div className="mx-auto flex min-h-[calc(100dvh-3.5rem)] max-w-3xl flex-col px-4 sm:px-6">
      <h1 className="sr-only">{title}</h1>
      <div ref={turns} className="flex-1 space-y-8 py-8">
        {entries.map((entry) =>
          entry.kind === 'task' ? (
            <Turn key={entry.task.id} task={entry.task} facts={entry.facts} />
          ) : (
            <Said key={entry.key} heading={entry.heading} text={entry.text} link={entry.link} />
          ),
        )}
        {sent !== null && <Asked text={sent}>{words.sending}</Asked>}
      </div>
      {mayAsk && (
        <div className="sticky bottom-0 bg-canvas pb-4 before:pointer-events-none before:absolute before:inset-x-0 before:bottom-full before:h-8 before:bg-linear-to-t before:from-canvas before:to-transparent">
          {hasNew && (
            <button
              type="button"
              onClick={showNew}
              className={classes(buttonClass('main', true), 'absolute -top-12 left-1/2 -translate-x-1/2 shadow-raised')}
            >
              <ArrowDown aria-hidden className="size-4" />
              {words.newResult}
            </button>
          )}
          <Composer askKey={askKey} placeholder={words.followUp} conversationId={id} {...(changed !== null && { changed })} />
        </div>
      )}
    </div>
  );
}
