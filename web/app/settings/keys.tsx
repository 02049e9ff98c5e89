// A person's API keys in all of their teams, and one button that ends them all: for whoever fears that somebody else has one.

import { KeyRound } from 'lucide-react';
import { Link, redirect, useLoaderData, type MetaFunction } from 'react-router';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { Form } from '../components/form.tsx';
import { Time } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { Card, Empty, Page } from '../components/page.tsx';
import { attempt, guarded, readForm } from '../guarded.ts';
import { keyDone, keyWords } from '../texts/settings.ts';
import { wordFor } from '../word-for.ts';

export const loader = guarded('login', async ({ app, actor, url, brandName }) => {
  const keys = await app.accounts.ownKeys(actor);
  // Whoever chose a new password is led here when they log in, and further when there is nothing to decide.
  const wasReset = url.searchParams.get('after') === 'reset';
  if (wasReset && keys.length === 0) throw redirect('/dashboard');
  return { brandName, keys, wasReset, done: wordFor(keyDone, url.searchParams.get('done')) };
});

export const action = guarded('login', async (visit) => {
  const { app, actor, request } = visit;
  const { intent } = await readForm(request);
  return attempt(visit, intent, async () => {
    if (intent !== 'revoke-all') throw refuse('request.malformed');
    await app.accounts.revokeOwnKeys(actor);
    return redirect('/settings/keys?done=revoked');
  });
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `${keyWords.title} · ${loaderData?.brandName}` }];

export default function OwnKeys() {
  const { keys, wasReset, done } = useLoaderData<typeof loader>();
  return (
    <Page
      title={keyWords.title}
      lead={
        <Link to="/settings" className="inline-block py-1 text-accent hover:underline">
          Back to settings
        </Link>
      }
      width="narrow"
    >
      {done !== null && (
        <Notice tone="good" live>
          <p>{done}</p>
        </Notice>
      )}
      {wasReset && (
        <Notice tone="warn" title={keyWords.afterReset(keys.length)}>
          <p>{keyWords.afterResetLead}</p>
        </Notice>
      )}
      {keys.length === 0 ? (
        <Card>
          <Empty icon={<KeyRound />} title={keyWords.none}>
            {keyWords.noneLead}
          </Empty>
        </Card>
      ) : (
        <Card title={keyWords.active(keys.length)} lead={keyWords.lead}>
          <ul className="-my-3 divide-y divide-hairline">
            {keys.map(({ id, name, team, prefix, madeAt, lastUsedAt }) => (
              <li key={id} className="py-3">
                <h3 className="font-medium wrap-anywhere">{name}</h3>
                <p className="text-sm text-soft wrap-anywhere">
                  <code className="font-mono">{prefix}…</code> · {team} · created <Time at={madeAt} style="date" />,{' '}
                  {lastUsedAt === null ? (
                    'never used'
                  ) : (
                    <>
                      last used <Time at={lastUsedAt} style="ago" />
                    </>
                  )}
                </p>
              </li>
            ))}
          </ul>
          <Confirm label={keyWords.revoke} className="mt-6">
            <Form intent="revoke-all" className="space-y-4">
              <p className="max-w-prose">{keyWords.revokeLead}</p>
              <Button look="danger" intent="revoke-all" busyWords="Revoking…">
                {keyWords.revoke}
              </Button>
            </Form>
          </Confirm>
        </Card>
      )}
    </Page>
  );
}
