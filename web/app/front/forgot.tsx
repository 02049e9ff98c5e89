import { Link, useActionData, type MetaFunction } from 'react-router';
import { Button } from '../components/button.tsx';
import { TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { attempt, open, readForm } from '../guarded.ts';
import { sent } from '../texts/getting-in.ts';
import { askAuth, backToForm } from './ask-auth.ts';
import { Door, typedIn } from './door.tsx';

export const meta: MetaFunction = () => [
  { title: 'Choose a new password' },
  { name: 'description', content: 'Have a link sent to your email address with which you choose a new password.' },
];

export const loader = open(() => null);

export const action = open(async (visit) => {
  const form = await readForm(visit.request);
  return attempt(visit, 'forgot', async () => {
    const email = form.text('email');
    const said = await askAuth(visit, '/request-password-reset', { email });
    return said.ok ? { sent: email } : backToForm(visit, 'forgot', said, { values: { email } });
  });
});

export default function Forgot() {
  const answer = useActionData<typeof action>();
  const problem = useProblem('forgot');
  const done = answer && 'sent' in answer ? answer.sent : null;
  if (done !== null)
    return (
      <Door title={sent.reset.title} lead={sent.reset.words} after={<Link to="/login">Back to log in</Link>}>
        <p className="font-medium wrap-anywhere">{done}</p>
      </Door>
    );
  return (
    <Door
      title="Choose a new password"
      lead="We send a link to your email address. Your password stays as it is until you use it."
      after={<Link to="/login">Back to log in</Link>}
    >
      <Form intent="forgot" className="space-y-5">
        <TextField
          label="Email address"
          name="email"
          type="email"
          autoComplete="username"
          required
          maxLength={254}
          defaultValue={typedIn(answer, 'email')}
          error={problem?.fields['email']}
        />
        <Button look="main" intent="forgot" busyWords="One moment…" className="w-full">
          Send the link
        </Button>
      </Form>
    </Door>
  );
}
