// Between signing up and being in: without a token it says which mail to look for, and sends it again; with one it is
// where that mail leads.

import { Link, useActionData, useLoaderData, type MetaFunction } from 'react-router';
import { maskMailAddress } from '#core/domain/mail/mail-address.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button } from '../components/button.tsx';
import { TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Notice } from '../components/notice.tsx';
import { attempt, open, readForm } from '../guarded.ts';
import { sent as words } from '../texts/getting-in.ts';
import { confirmSignUp } from '../texts/links.ts';
import { askAuth, backToForm } from './ask-auth.ts';
import { confirmWithNewPassword, confirmWithPassword, ConfirmSignUp } from './confirm-sign-up.tsx';
import { Door, typedIn } from './door.tsx';
import { readWaiting } from './waiting.ts';

export const meta: MetaFunction = () => [{ title: confirmSignUp.title }, { name: 'robots', content: 'noindex' }];

export const loader = open(async ({ auth, url, request }) => {
  const token = url.searchParams.get('token') ?? '';
  const link = await auth.lookAtLink('sign-up', token);
  return { token, account: link && maskMailAddress(link.email), mail: readWaiting(request.headers).mail };
});

export const action = open(async (visit) => {
  const form = await readForm(visit.request);
  const { intent } = form;
  return attempt(visit, intent, async () => {
    switch (intent) {
      case 'verify':
        return confirmWithPassword(visit, form);
      case 'anew':
        return confirmWithNewPassword(visit, form);
      case 'again': {
        const email = form.text('email');
        const said = await askAuth(visit, '/send-verification-email', { email });
        return said.ok ? { sent: true } : backToForm(visit, 'again', said, { values: { email } });
      }
      default:
        throw refuse('request.malformed');
    }
  });
});

export default function Verify() {
  const { token, account, mail } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const wasSent = answer !== undefined && 'sent' in answer;
  if (account !== null) return <ConfirmSignUp token={token} account={account} />;
  const isOver = token !== '' && !wasSent;
  return (
    <Door
      title={isOver ? confirmSignUp.over.title : words.verify.title}
      lead={isOver ? undefined : words.verify.words}
      after={
        <>
          Confirmed it already? <Link to="/login">Log in</Link>
        </>
      }
    >
      {isOver && (
        <Notice tone="bad" title={confirmSignUp.over.sentence} className="mb-5">
          <p>{confirmSignUp.over.wayForward}</p>
        </Notice>
      )}
      {wasSent && (
        <Notice tone="good" live className="mb-5">
          <p>{words.verify.again}</p>
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
        label="Email address"
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
