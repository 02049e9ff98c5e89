// The chat with the history beside it. On a narrow screen the history is a page of its own, one press away.

import { History, SquarePen } from 'lucide-react';
import { Link, Outlet, useLoaderData, useParams, useSearchParams } from 'react-router';
import { LinkButton } from '../components/button.tsx';
import { guarded } from '../guarded.ts';
import { filterIn, HistoryFilter, HistoryList } from './history.tsx';

const SHOWN = 20;

export const loader = guarded('tasks.see', async ({ app, actor, url }) => {
  const [{ tasks, next }, people] = await Promise.all([
    app.tasks.list(actor, { ...filterIn(url.searchParams), limit: SHOWN }),
    app.tasks.people(actor),
  ]);
  return { tasks, next, people };
});

export default function Desk() {
  const { id } = useParams();
  return (
    <div className="mx-auto flex w-full max-w-[96rem]">
      <aside
        aria-label="History"
        className="sticky top-14 hidden h-[calc(100dvh-3.5rem)] w-80 shrink-0 flex-col border-r border-hairline lg:flex"
      >
        <Sidebar />
      </aside>
      <div className="min-w-0 flex-1">
        <nav aria-label="Tasks" className="flex gap-2 px-4 pt-4 lg:hidden">
          <LinkButton to="/tasks" small>
            <History aria-hidden className="size-4" />
            History
          </LinkButton>
          {id !== undefined && (
            <LinkButton to="/dashboard" small look="quiet">
              <SquarePen aria-hidden className="size-4" />
              New request
            </LinkButton>
          )}
        </nav>
        <Outlet />
      </div>
    </div>
  );
}

function Sidebar() {
  const { tasks, next, people } = useLoaderData<typeof loader>();
  const { id } = useParams();
  const [params] = useSearchParams();
  return (
    <>
      <div className="space-y-3 border-b border-hairline p-4">
        <LinkButton to="/dashboard" small className="w-full">
          <SquarePen aria-hidden className="size-4" />
          New request
        </LinkButton>
        <HistoryFilter people={people} action={id === undefined ? '/dashboard' : `/conversations/${id}`} />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto p-2" tabIndex={0} role="region" aria-label="Task history">
        <HistoryList tasks={tasks} current={id ?? null} />
        {next !== null && (
          <p className="p-3">
            <Link to={`/tasks?${withBefore(params, next)}`} className="rounded text-sm text-accent hover:underline">
              Older tasks
            </Link>
          </p>
        )}
      </div>
    </>
  );
}

function withBefore(params: URLSearchParams, before: string): string {
  const changed = new URLSearchParams(params);
  changed.set('before', before);
  return changed.toString();
}
