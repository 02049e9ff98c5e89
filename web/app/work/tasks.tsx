// The whole history, page by page.

import { SquarePen } from 'lucide-react';
import { useLoaderData, useSearchParams, type MetaFunction } from 'react-router';
import { isId } from '#core/domain/ids.ts';
import { LinkButton } from '../components/button.tsx';
import { Page } from '../components/page.tsx';
import { Pager } from '../components/pager.tsx';
import { guarded } from '../guarded.ts';
import { filterIn, HistoryFilter, HistoryList } from './history.tsx';

const SHOWN = 25;

export const loader = guarded('tasks.see', async ({ app, actor, url, brandName }) => {
  const before = url.searchParams.get('before');
  const [{ tasks, next }, people] = await Promise.all([
    app.tasks.list(actor, { ...filterIn(url.searchParams), ...(before !== null && isId(before) && { before }), limit: SHOWN }),
    app.tasks.people(actor),
  ]);
  return { tasks, next, people, brandName };
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `History · ${loaderData?.brandName}` }];

export default function Tasks() {
  const { tasks, next, people } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  return (
    <Page
      title="History"
      lead="All requests from you and your team, from every channel."
      width="narrow"
      actions={
        <LinkButton to="/dashboard" small>
          <SquarePen aria-hidden className="size-4" />
          New request
        </LinkButton>
      }
    >
      <HistoryFilter people={people} action="/tasks" />
      <div className="rounded-card border border-hairline bg-surface p-2 shadow-card">
        <HistoryList tasks={tasks} current={null} />
        <Pager first={params.has('before') ? addressWith(params, null) : null} next={next === null ? null : addressWith(params, next)} />
      </div>
    </Page>
  );
}

function addressWith(params: URLSearchParams, before: string | null): string {
  const changed = new URLSearchParams(params);
  if (before === null) changed.delete('before');
  else changed.set('before', before);
  return `/tasks?${changed}`;
}
