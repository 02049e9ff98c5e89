// Between signing up and being in: without a token it says that a mail is on its way, and sends it again; with one it is
// where that mail leads. Programs that look into mails open links too, so it takes a press of a button to confirm.

import { Link, useActionData, useLoaderData, type MetaFunction } from 'react-router';
import { Button } from '../components/button.tsx';
import { TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Notice } from '../components/notice.tsx';
import { attempt, open, readForm } from '../guarded.ts';
import { sent as words } from '../texts/getting-in.ts';
import { askAuth, backToForm, goTo, withNext } from './ask-auth.ts';
import { Door, typedIn } from './door.tsx';
import { readWaiting, stopWaiting } from './waiting.ts';

export const meta: MetaFunction = () => [{ title: 'Confirm your mail address' }, { name: 'robots', content: 'noindex' }];

export const loader = open(({ url, request }) => ({ token: url.searchParams.get('token') ?? '', mail: readWaiting(request.headers).mail }));

export const action = open(async (visit) => {
  const form = await readForm(visit.request);
  const intent = form.intent === 'again' ? 'again' : 'verify';
  return attempt(visit, intent, async () => {
    if (intent === 'again') {
      const email = form.text('email');
      const said = await askAuth(visit, '/send-verification-email', { email });
      return said.ok ? { sent: true } : backToForm(visit, 'again', said, { values: { email } });
    }
    const { next } = readWaiting(visit.request.headers);
    const said = await askAuth(visit, `/verify-email?token=${encodeURIComponent(form.text('token'))}`);
    if (said.location?.endsWith('/login/two-factor')) return goTo(withNext('/login/two-factor', next), said.cookies);
    if (!said.ok) return backToForm(visit, 'verify', said);
    // Who confirms a new address is told so where they asked for it; who confirmed before, or elsewhere, logs in.
    if (typeof said.body['user'] === 'object' && said.body['user'] !== null) return goTo('/settings?done=mail', said.cookies);
    if (!said.cookies.some((cookie) => cookie.includes('session_token'))) return goTo('/login?done=verified', said.cookies);
    return goTo(next === '/dashboard' ? '/welcome' : next, said.cookies, stopWaiting(visit));
  });
});

export default function Verify() {
  const { token, mail } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const problem = useProblem('verify');
  const wasSent = answer !== undefined && 'sent' in answer;
  if (token !== '' && problem === null)
    return (
      <Door title="Confirm your mail address" lead="One press, and it is done.">
        <Form intent="verify">
          <input type="hidden" name="token" value={token} />
          <Button look="main" intent="verify" busyWords="One moment…" className="w-full">
            Confirm this address
          </Button>
        </Form>
      </Door>
    );
  return (
    <Door
      title={problem === null ? words.verify.title : 'Have a new link sent'}
      lead={problem === null ? words.verify.words : undefined}
      after={
        <>
          Confirmed it already? <Link to="/login">Log in</Link>
        </>
      }
    >
      {problem !== null && (
        <Notice tone="bad" title={problem.sentence} live className="mb-5">
          <p>{problem.wayForward}</p>
        </Notice>
      )}
      {wasSent && (
        <Notice tone="good" live className="mb-5">
          <p>If this address waits to be confirmed, another mail is on its way.</p>
        </Notice>
      )}
      <SendAgain mail={typedIn(answer, 'email') || (mail ?? '')} />
    </Door>
  );
}

function SendAgain({ mail }: { mail: string }) {
  const problem = useProblem('again');
  return (
    <Form intent="again" className="space-y-5">
      <TextField
        label="Mail address"
        name="email"
        type="email"
        autoComplete="email"
        required
        maxLength={254}
        defaultValue={mail}
        error={problem?.fields['email']}
      />
      <Button intent="again" busyWords="One moment…" className="w-full">
        Send the mail again
      </Button>
    </Form>
  );
}
