// The team's tasks, newest first, with what narrows them down. Everything chosen stands in the address.

import { ListChecks, Search, SearchX } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Form, Link, useSearchParams, useSubmit } from 'react-router';
import { platforms, takesFollowUps } from '#core/domain/messages/platforms.ts';
import type { TaskLine } from '#core/flows/tasks/history.ts';
import { Button } from '../components/button.tsx';
import { classes } from '../components/classes.ts';
import { SelectField, TextField } from '../components/field.tsx';
import { Credits, Time } from '../components/format.tsx';
import { Empty } from '../components/page.tsx';
import { StatusTag } from '../components/tag.tsx';
import { statuses, types, work as words } from '../texts/work.ts';
import { wordFor } from '../word-for.ts';

export const filterNames = ['search', 'status', 'type', 'platform', 'person'] as const;

/** What of an address narrows the history down, as the core takes it. What makes no sense is left out. */
export function filterIn(params: URLSearchParams) {
  const given = Object.fromEntries(filterNames.flatMap((name) => (params.get(name) ? [[name, params.get(name)!.slice(0, 200)]] : [])));
  return {
    ...(given['search'] !== undefined && { search: given['search'] }),
    ...(wordFor(statuses, given['status']) !== null && { status: given['status'] }),
    ...(wordFor(types, given['type']) !== null && { type: given['type'] }),
    ...(given['platform'] !== undefined && { platform: given['platform'] }),
    ...(given['person'] !== undefined && { person: given['person'] }),
  };
}

export interface Person {
  readonly key: string;
  readonly name: string;
}

export function HistoryFilter({ people, action }: { people: readonly Person[]; action: string }) {
  const [params] = useSearchParams();
  const isNarrowed = filterNames.some((name) => name !== 'search' && params.get(name));
  const search = useInAddress('search');
  return (
    <Form method="get" action={action} preventScrollReset role="search" aria-label="Tasks" className="space-y-2">
      <div className="flex items-end gap-2">
        <TextField
          label="Search tasks"
          hideLabel
          type="search"
          name="search"
          placeholder="Search tasks"
          {...search}
          className="min-w-0 flex-1"
        />
        <Button look="plain" small className="min-h-11!" aria-label="Search">
          <Search aria-hidden className="size-4" />
        </Button>
      </div>
      <details open={isNarrowed}>
        <summary className="inline-flex min-h-9 items-center rounded px-1 text-sm text-accent hover:underline">Filter</summary>
        <div className="mt-1 grid grid-cols-2 gap-2">
          <Choice name="status" label="Status" options={Object.entries(statuses)} />
          <Choice name="type" label="Type" options={Object.entries(types)} />
          <Choice name="platform" label="Channel" options={platforms.map(({ word, name }) => [word, name])} />
          <Choice name="person" label="Person" options={people.map(({ key, name }) => [key, name])} />
        </div>
        <div className="mt-3 flex items-center gap-3">
          <Button look="plain" small>
            Apply
          </Button>
          {isNarrowed && (
            <Link
              to={action}
              preventScrollReset
              className="inline-flex min-h-9 items-center rounded px-1 text-sm text-accent hover:underline"
            >
              Clear filters
            </Link>
          )}
        </div>
      </details>
    </Form>
  );
}

function Choice({ name, label, options }: { name: string; label: string; options: readonly (readonly [string, string])[] }) {
  const submit = useSubmit();
  const { value, onChange } = useInAddress(name);
  return (
    <SelectField
      label={label}
      name={name}
      value={value}
      onChange={(event) => {
        onChange(event);
        void submit(event.currentTarget.form, { preventScrollReset: true });
      }}
    >
      <option value="">All</option>
      {options.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </SelectField>
  );
}

/** A field that says what the address says, and at once what somebody chooses. */
function useInAddress(name: string) {
  const given = useSearchParams()[0].get(name) ?? '';
  const [value, setValue] = useState(given);
  useEffect(() => setValue(given), [given]);
  return { value, onChange: ({ target }: { target: { value: string } }) => setValue(target.value) };
}

export function HistoryList({
  tasks,
  current,
}: {
  tasks: readonly TaskLine[];
  /** The conversation that is open. */ current: string | null;
}) {
  const [params] = useSearchParams();
  if (tasks.length === 0) {
    const isNarrowed = filterNames.some((name) => params.get(name));
    return isNarrowed ? (
      <Empty icon={<SearchX />} title={words.nothingFound}>
        <p>{words.nothingFoundLead}</p>
      </Empty>
    ) : (
      <Empty icon={<ListChecks />} title={words.empty}>
        <p>{words.emptyLead}</p>
      </Empty>
    );
  }
  return (
    <ul className="space-y-0.5">
      {tasks.map((task) => (
        <li key={task.id}>
          <Link
            to={isHere(task) ? `/conversations/${task.conversationId}` : `/tasks/${task.id}`}
            aria-current={current === task.conversationId ? 'true' : undefined}
            className={classes('block rounded-control px-3 py-2.5 hover:bg-sunken', current === task.conversationId && 'bg-sunken')}
          >
            <span dir="auto" className="block truncate text-sm font-medium">
              {task.title}
            </span>
            <span className="mt-1 flex items-center gap-2 text-xs text-soft">
              <StatusTag status={task.status} words={statuses[task.status] ?? task.statusWords} />
              {task.status !== 'awaiting_approval' && (
                <span className="numbers whitespace-nowrap">
                  <Credits amount={task.status === 'completed' || task.creditsUsed > 0 ? task.creditsUsed : task.creditsHeld} /> cr
                  <span className="sr-only">edits</span>
                </span>
              )}
              <span className="ml-auto">
                <Time at={task.createdAt} style="ago" />
              </span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** What was asked here or in a terminal is read as a conversation; what was asked in a chat goes on there. */
function isHere({ platform }: TaskLine): boolean {
  return takesFollowUps(platform);
}
