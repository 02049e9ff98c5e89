// Where somebody confirms who they are for a page that is only looked at or downloaded; what a form wants is confirmed with
// the form itself (confirm-identity.ts).

import { redirect, useLoaderData, type MetaFunction } from 'react-router';
import { isFresh } from '#core/domain/accounts/fresh-login.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { ConfirmIdentityPage } from '../components/confirm-identity.tsx';
import { useProblem } from '../components/form.tsx';
import { whoConfirms } from '../confirm-identity.ts';
import { guarded } from '../guarded.ts';
import { confirmIdentity as words } from '../texts/confirm-identity.ts';
import { placeOf } from './ask-auth.ts';

export const meta: MetaFunction = () => [{ title: words.title }, { name: 'robots', content: 'noindex' }];

export const loader = guarded('login', async (visit) => {
  const next = placeOf(visit.url.searchParams.get('next'));
  return {
    ...(await whoConfirms(visit)),
    action: `/confirm?next=${encodeURIComponent(next)}`,
    kept: [['next', next]] as [string, string][],
    back: next,
    isSent: false,
    wrong: false,
  };
});

export const action = guarded('login', async ({ actor, now, url }) => {
  if (!isFresh(actor.confirmedAt, now)) throw refuse('login.confirm');
  return redirect(placeOf(url.searchParams.get('next')));
});

export default function Confirm() {
  return <ConfirmIdentityPage confirm={useLoaderData<typeof loader>()} problem={useProblem()} />;
}
