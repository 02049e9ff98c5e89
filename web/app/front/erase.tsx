// Behind the link that the bot gives somebody who has no account here: what goes, and the word that does it. Opening the
// page changes nothing, since chats open links to show a preview of them.

import { redirect, useLoaderData, type MetaFunction } from 'react-router';
import { platformName } from '#core/domain/messages/platforms.ts';
import { Button } from '../components/button.tsx';
import { Form } from '../components/form.tsx';
import { Notice } from '../components/notice.tsx';
import { Card, Page } from '../components/page.tsx';
import { attempt, open, readForm } from '../guarded.ts';
import { eraseWords } from '../texts/custody.ts';

/** Where the form leads: the link is used up by then. No token is so short. */
const ends: Readonly<Record<string, string>> = { done: eraseWords.done, later: eraseWords.later };

export const loader = open(async ({ app, params, brandName }) => {
  const token = params['token'] ?? '';
  const end = Object.hasOwn(ends, token) ? ends[token]! : null;
  return { brandName, end, seen: end === null ? await app.privacy.lookAtErasure(token) : null };
});

export const action = open(async (visit) => {
  const { app, request, params } = visit;
  const { intent } = await readForm(request);
  return attempt(visit, intent, async () => {
    const { done } = await app.privacy.confirmErasure(params['token'] ?? '');
    return redirect(`/privacy/erase/${done ? 'done' : 'later'}`);
  });
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [
  { title: `${eraseWords.title} · ${loaderData?.brandName}` },
  { name: 'robots', content: 'noindex' },
];

export default function Erase() {
  const { seen, end } = useLoaderData<typeof loader>();
  return (
    <Page title={eraseWords.title} {...(seen !== null && { lead: eraseWords.lead })} width="narrow">
      {seen === null ? (
        <Notice tone="good" live>
          {end}
        </Notice>
      ) : (
        <Card>
          <p className="text-lg wrap-anywhere">
            {seen.displayName ?? 'Your account'} on {platformName(seen.platform)}, {requests(seen.tasks)}
          </p>
          {seen.hasAccount && <p className="mt-2 text-soft">{eraseWords.account}</p>}
          <List title={eraseWords.goes} items={eraseWords.goesList} />
          <List title={eraseWords.stays} items={eraseWords.staysList} />
          <p className="mt-4 text-sm text-soft">{eraseWords.again}</p>
          <Form intent="erase" className="mt-6">
            <Button look="danger" intent="erase" busyWords="One moment …">
              Erase my data
            </Button>
          </Form>
        </Card>
      )}
    </Page>
  );
}

function List({ title, items }: { title: string; items: readonly string[] }) {
  return (
    <>
      <h2 className="mt-5 font-medium">{title}</h2>
      <ul className="mt-1 list-disc space-y-1 pl-5">
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </>
  );
}

function requests(tasks: number): string {
  return tasks === 0 ? 'with no request that we know of' : tasks === 1 ? 'with one request' : `with ${tasks.toLocaleString('en')} requests`;
}
