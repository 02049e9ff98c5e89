// Where the link of a mail leads. Programs that look into mails open links too, so it takes a press of a button to use one.

import { Link, useLoaderData, type MetaFunction } from 'react-router';
import { Button } from '../components/button.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { attempt, open, readForm } from '../guarded.ts';
import { askAuth, backToForm, goTo, withNext } from './ask-auth.ts';
import { Door } from './door.tsx';
import { readWaiting, stopWaiting } from './waiting.ts';

export const meta: MetaFunction = () => [{ title: 'Log in' }, { name: 'robots', content: 'noindex' }];

export const loader = open(({ url }) => ({ token: url.searchParams.get('token') ?? '' }));

export const action = open(async (visit) => {
  const form = await readForm(visit.request);
  return attempt(visit, 'link', async () => {
    const { next } = readWaiting(visit.request.headers);
    const said = await askAuth(visit, `/magic-link/verify?token=${encodeURIComponent(form.text('token'))}`);
    // Without an address to go back to, it says what is wrong by sending people to its own front door.
    const failed = said.location?.includes('error=') === true;
    if (failed || !said.ok) return backToForm(visit, 'link', { ...said, status: 400, body: { code: 'INVALID_TOKEN' } });
    if (said.location?.endsWith('/login/two-factor')) return goTo(withNext('/login/two-factor', next), said.cookies);
    return goTo(next, said.cookies, stopWaiting(visit));
  });
});

export default function LoginLink() {
  const { token } = useLoaderData<typeof loader>();
  const problem = useProblem('link');
  return (
    <Door title="Log in" lead="You are one press away." after={<Link to="/login">Have another link sent to you</Link>}>
      <Form intent="link">
        <input type="hidden" name="token" value={token} />
        {problem === null && (
          <Button look="main" intent="link" busyWords="One moment…" className="w-full">
            Log in
          </Button>
        )}
      </Form>
    </Door>
  );
}
