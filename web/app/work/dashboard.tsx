// A new conversation.

import { Link, useLoaderData, useNavigation, useSearchParams, type MetaFunction } from 'react-router';
import { may } from '#core/domain/permission.ts';
import { newId } from '#core/domain/ids.ts';
import { Notice } from '../components/notice.tsx';
import { guarded } from '../guarded.ts';
import { work as words } from '../texts/work.ts';
import { askFrom } from './ask.ts';
import { Composer } from './composer.tsx';
import { Asked } from './asked.tsx';

export const loader = guarded('tasks.see', async ({ actor, brandName }) => ({
  brandName,
  mayAsk: may(actor.role, 'tasks.ask'),
  askKey: newId(),
}));

export const action = guarded('tasks.ask', (visit) => askFrom(visit, null));

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `${words.title} · ${loaderData?.brandName}` }];

export default function Dashboard() {
  const { mayAsk, askKey } = useLoaderData<typeof loader>();
  const sent = useSent();
  const draft = useSearchParams()[0].get('text') ?? '';
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
          <Composer askKey={askKey} placeholder={words.placeholder} draft={draft} />
        ) : (
          <Notice title="You can look at the tasks of your team, and not ask for new ones." />
        )}
      </div>
      {mayAsk && (
        <section aria-label="Examples" className="mt-10">
          <ul className="grid gap-2 sm:grid-cols-2">
            {words.examples.map((example) => (
              <li key={example}>
                <Link
                  to={`/dashboard?${new URLSearchParams({ text: example }).toString()}`}
                  discover="none"
                  className="flex h-full items-center rounded-control border border-hairline px-4 py-3 text-sm text-soft hover:bg-sunken hover:text-ink"
                >
                  {example}
                </Link>
              </li>
            ))}
          </ul>
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
