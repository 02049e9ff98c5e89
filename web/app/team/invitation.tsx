// Behind the link in an invitation: what it offers, also to whoever is not logged in; to accept, one has to be.

import { Form as PlainForm, redirect, useLoaderData, type MetaFunction } from 'react-router';
import { maskMailAddress } from '#core/domain/mail/mail-address.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { Form } from '../components/form.tsx';
import { Time } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { Card, Page } from '../components/page.tsx';
import { attempt, open, readForm } from '../guarded.ts';
import { asRole, invitationWords, roleWords } from '../texts/team.ts';

export const loader = open(async ({ app, who, params, url, brandName }) => {
  const seen = await app.team.lookAtInvitation(params['token'] ?? '');
  const person = await who();
  if (seen.state === 'over' && url.searchParams.has('declined')) return { brandName, seen: null, you: null, isYours: false, path: '' };
  if (seen.state === 'over') throw refuse('invitation.over', { why: seen.why });
  return {
    brandName,
    seen,
    you: person?.actor.email ?? null,
    isYours: person !== null && maskMailAddress(person.actor.email) === seen.email,
    path: url.pathname,
  };
});

export const action = open(async (visit) => {
  const { app, request, params, url } = visit;
  const { intent } = await readForm(request);
  const token = params['token'] ?? '';
  return attempt(visit, intent, async () => {
    if (intent === 'decline') {
      await app.team.declineInvitation(token);
      return redirect(`${url.pathname}?declined`);
    }
    const person = await visit.who();
    if (person === null) return redirect(`/login?next=${encodeURIComponent(url.pathname)}`);
    const { teamId } = await app.team.acceptInvitation(person.actor, token);
    await app.accounts.chooseTeam(person.actor, teamId);
    return redirect('/team?done=joined');
  });
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [
  { title: `${loaderData?.seen ? invitationWords.title(loaderData.seen.team) : 'Invitation'} · ${loaderData?.brandName}` },
  { name: 'robots', content: 'noindex' },
];

export default function Invitation() {
  const { seen, you, isYours, path } = useLoaderData<typeof loader>();
  if (seen === null)
    return (
      <Page title="Invitation" width="narrow">
        <Notice tone="info" live>
          {invitationWords.declined}
        </Notice>
      </Page>
    );
  const { team, by, role, email, expiresAt } = seen;
  const next = `?next=${encodeURIComponent(path)}`;
  return (
    <Page title={invitationWords.title(team)} width="narrow">
      <Card>
        <p className="text-lg">
          {by} invited you to join as {asRole[role]}.
        </p>
        <p className="mt-1 text-soft">{roleWords[role].may}</p>
        <p className="mt-4 text-sm text-soft">
          For {email}, until <Time at={expiresAt} />.
        </p>
        <div className="mt-6">
          {you === null ? (
            <>
              <p>{invitationWords.strangers}</p>
              <div className="mt-4 flex flex-wrap gap-3">
                <LinkButton to={`/login${next}`} look="main">
                  Log in
                </LinkButton>
                <LinkButton to={`/signup${next}`}>Sign up</LinkButton>
              </div>
            </>
          ) : isYours ? (
            <Form intent="accept">
              <p className="mb-4 text-sm text-soft">You are logged in as {you}.</p>
              <Button look="main" intent="accept" busyWords="Joining …">
                Join {team}
              </Button>
            </Form>
          ) : (
            <>
              <Notice tone="warn" title={invitationWords.otherAddress}>
                <p className="wrap-anywhere">You are logged in as {you}. Log out, then open the link in the email again.</p>
              </Notice>
              <PlainForm method="post" action="/logout" reloadDocument className="mt-4">
                <Button>Log out</Button>
              </PlainForm>
            </>
          )}
        </div>
      </Card>
      <Confirm label="Decline" look="quiet" small className="-ml-3.5 open:ml-0">
        <Form intent="decline">
          <p className="mb-3 text-sm">{invitationWords.decline}</p>
          <Button look="danger" small>
            Decline invitation
          </Button>
        </Form>
      </Confirm>
    </Page>
  );
}
