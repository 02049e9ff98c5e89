// A new conversation.

import { useLoaderData, useNavigation, useSearchParams, type MetaFunction } from 'react-router';
import { may } from '#core/domain/team/permission.ts';
import { newId } from '#core/domain/ids.ts';
import { Notice } from '../components/notice.tsx';
import { guarded } from '../guarded.ts';
import { work as words } from '../texts/work.ts';
import { askFrom } from './ask.ts';
import { Composer } from './composer.tsx';
import { Asked } from './asked.tsx';
import { draftIn } from './draft.ts';
import { Examples } from './examples.tsx';

export const loader = guarded('tasks.see', async ({ app, actor, brandName }) => {
  const mayAsk = may(actor.role, 'tasks.ask');
  return {
    brandName,
    mayAsk,
    examples: mayAsk ? await app.tasks.examples(actor) : null,
    mayBuy: may(actor.role, 'credits.see'),
    askKey: newId(),
  };
});

export const action = guarded('tasks.ask', (visit) => askFrom(visit, null));

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `${words.title} · ${loaderData?.brandName}` }];

export default function Dashboard() {
  const { mayAsk, examples, mayBuy, askKey } = useLoaderData<typeof loader>();
  const sent = useSent();
  const draft = draftIn(useSearchParams()[0]);
  return (
    <div className="mx-auto flex min-h-[calc(100dvh-8rem)] max-w-3xl flex-col justify-center px-4 py-10 sm:px-6">
      <h1 className="text-center text-3xl font-semibold sm:text-4xl">{words.title}</h1>
      <div className="mt-8">
        {sent !== null && (
          <div className="mb-6">
            <Asked text={sent}>{words.sending}</Asked>
          </div>
        )}
        {mayAsk ? (
          <Composer askKey={askKey} placeholder={words.placeholder} draft={draft} conversationId={null} />
        ) : (
          <Notice title="Your role can view the team’s tasks, but not send requests." />
        )}
      </div>
      {examples !== null && (
        <section aria-label="Examples" className="@container mt-10">
          <Examples examples={examples} mayBuy={mayBuy} />
        </section>
      )}
    </div>
  );
}

/** What was just sent, shown before the answer is there. */
export function useSent(): string | null {
  const { state, formData } = useNavigation();
  const text = formData?.get('text');
  return state !== 'idle' && formData?.get('intent') === 'ask' && typeof text === 'string' ? text : null;
}
