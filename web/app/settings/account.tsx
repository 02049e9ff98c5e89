// The end of one's account.

import { Link, redirect, useLoaderData, type MetaFunction } from 'react-router';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Time } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { Card, Page } from '../components/page.tsx';
import { attempt, guarded, readForm } from '../guarded.ts';
import { accountDone, accountWords } from '../texts/custody.ts';
import { wordFor } from '../word-for.ts';

export const loader = guarded('login', async ({ app, actor, url, brandName }) => ({
  brandName,
  account: await app.privacy.ownAccount(actor),
  done: wordFor(accountDone, url.searchParams.get('done')),
}));

export const action = guarded('login', async (visit) => {
  const { app, actor, request } = visit;
  const { intent, text } = await readForm(request);
  return attempt(visit, intent, async () => {
    switch (intent) {
      case 'delete':
        await app.privacy.requestAccountDeletion(actor, text('email'));
        return redirect('/settings/account?done=delete');
      case 'back':
        await app.privacy.takeBackAccountDeletion(actor);
        return redirect('/settings/account?done=back');
      default:
        throw refuse('request.malformed');
    }
  });
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `Delete your account · ${loaderData?.brandName}` }];

export default function Account() {
  const { account, done } = useLoaderData<typeof loader>();
  const { email, deletion, onlyOwnerOf } = account;
  const problem = useProblem('delete');
  return (
    <Page
      title={accountWords.title}
      lead={
        <Link to="/settings" className="inline-block py-1 text-accent hover:underline">
          Back to settings
        </Link>
      }
      width="narrow"
    >
      {done !== null && (
        <Notice tone="good" live>
          {done}
        </Notice>
      )}
      {deletion !== null ? (
        <Notice
          tone="warn"
          title={
            <>
              {accountWords.leaving} <Time at={deletion.until} style="date" />
            </>
          }
        >
          <p>{accountWords.leavingAfter}</p>
          <Form intent="back" className="mt-3">
            <Button intent="back" busyWords="One moment …">
              Cancel deletion
            </Button>
          </Form>
        </Notice>
      ) : (
        <Card>
          <p className="words">{accountWords.lead}</p>
          {onlyOwnerOf.length > 0 ? (
            <Notice tone="info" title={accountWords.onlyOwner} className="mt-5">
              <ul className="list-disc pl-5">
                {onlyOwnerOf.map((name) => (
                  <li key={name} className="wrap-anywhere">
                    {name}
                  </li>
                ))}
              </ul>
            </Notice>
          ) : (
            <Confirm label="Delete my account …" open={problem !== null} className="mt-5">
              <Form intent="delete" className="space-y-4">
                <TextField
                  label={`${accountWords.hint} ${email}`}
                  name="email"
                  type="email"
                  required
                  autoComplete="off"
                  error={problem?.fields['email']}
                />
                <Button look="danger" intent="delete" busyWords="One moment …">
                  Delete my account in 14 days
                </Button>
              </Form>
            </Confirm>
          )}
        </Card>
      )}
    </Page>
  );
}
