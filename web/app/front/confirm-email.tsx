// Where the email about a new address leads. It changes the address of the account that asked for it, so only the person who is
// logged in to that account can confirm it; whoever else opens the link changes nothing and learns nothing.

import { Link, useLoaderData, type MetaFunction } from 'react-router';
import { maskMailAddress } from '#core/domain/mail/mail-address.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Notice } from '../components/notice.tsx';
import { attempt, open, readForm } from '../guarded.ts';
import { confirmAddress as words } from '../texts/links.ts';
import { askAuth, backToForm, goTo, withNext } from './ask-auth.ts';
import { Door } from './door.tsx';

export const meta: MetaFunction = () => [{ title: words.title }, { name: 'robots', content: 'noindex' }];

export const loader = open(async ({ auth, who, url }) => {
  const token = url.searchParams.get('token') ?? '';
  const link = await auth.lookAtLink('new-address', token);
  if (link === null) return { state: 'over' } as const;
  const person = await who();
  if (person === null) return { state: 'stranger', logIn: withNext('/login', url.pathname + url.search) } as const;
  if (person.actor.userId !== link.userId) return { state: 'somebody-else', account: maskMailAddress(person.loggedIn.email) } as const;
  return { state: 'theirs', token, before: person.loggedIn.email, email: link.email } as const;
});

export const action = open(async (visit) => {
  const form = await readForm(visit.request);
  return attempt(visit, 'confirm', async () => {
    const said = await askAuth(visit, '/new-address/confirm', { token: form.text('token') });
    return said.ok ? goTo('/settings?done=mail', said.cookies) : backToForm(visit, 'confirm', said);
  });
});

export default function ConfirmEmail() {
  const seen = useLoaderData<typeof loader>();
  const problem = useProblem('confirm');
  if (seen.state === 'over')
    return (
      <Door title={words.over.title} lead={words.over.words} after={<Link to="/settings">Go to settings</Link>}>
        {problem !== null && <Notice tone="bad" title={problem.sentence} live />}
      </Door>
    );
  if (seen.state === 'stranger')
    return (
      <Door title={words.title} lead={words.stranger.lead} after={words.stranger.ignore}>
        <LinkButton to={seen.logIn} look="main" className="w-full">
          {words.stranger.logIn}
        </LinkButton>
      </Door>
    );
  if (seen.state === 'somebody-else')
    return (
      <Door title={words.somebodyElse.title} lead={words.somebodyElse.words} after={<Link to="/settings">Go to settings</Link>}>
        <p className="words">
          You are logged in as <strong className="font-medium wrap-anywhere">{seen.account}</strong>
        </p>
      </Door>
    );
  return (
    <Door title={words.title} lead={words.lead} after={<Link to="/settings">Keep the current address</Link>}>
      <Form intent="confirm" className="space-y-5">
        <input type="hidden" name="token" value={seen.token} />
        <dl className="space-y-3">
          <Line label={words.now} address={seen.before} />
          <Line label={words.next} address={seen.email} />
        </dl>
        <p className="words text-sm text-soft">{words.after}</p>
        <Button look="main" intent="confirm" busyWords="Confirming…" className="w-full">
          {words.confirm}
        </Button>
      </Form>
    </Door>
  );
}

function Line({ label, address }: { label: string; address: string }) {
  return (
    <div>
      <dt className="text-sm text-soft">{label}</dt>
      <dd className="font-medium wrap-anywhere">{address}</dd>
    </div>
  );
}
