// Where the link of a mail leads. Programs that look into mails open links too, so it takes a press of a button to use one.

import { Link, useLoaderData, type MetaFunction } from 'react-router';
import { maskMailAddress } from '#core/domain/mail/mail-address.ts';
import { Button } from '../components/button.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { attempt, open, readForm } from '../guarded.ts';
import { logInLink as words } from '../texts/links.ts';
import { askAuth, backToForm, goTo, withNext } from './ask-auth.ts';
import { Door } from './door.tsx';
import { readWaiting, stopWaiting } from './waiting.ts';

export const meta: MetaFunction = () => [{ title: words.title }, { name: 'robots', content: 'noindex' }];

export const loader = open(async ({ auth, url }) => {
  const token = url.searchParams.get('token') ?? '';
  const link = await auth.lookAtLink('magic-link', token);
  return { token, account: link && maskMailAddress(link.email) };
});

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
  const { token, account } = useLoaderData<typeof loader>();
  const problem = useProblem('link');
  const works = account !== null && problem?.code !== 'INVALID_TOKEN';
  return (
    <Door title={words.title} lead={works ? words.lead : undefined} after={<Link to="/login">{words.another}</Link>}>
      <Form intent="link" className="space-y-5">
        {works ? (
          <>
            <input type="hidden" name="token" value={token} />
            {/* Somebody else may have sent this link, to have others work in an account of theirs. */}
            <p className="font-medium wrap-anywhere">{account}</p>
            <Button look="main" intent="link" busyWords="Logging in…" className="w-full">
              Log in
            </Button>
          </>
        ) : (
          problem === null && <p className="words">{words.over}</p>
        )}
      </Form>
    </Door>
  );
}
