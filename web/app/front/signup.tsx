import { Link, redirect, useActionData, useLoaderData, type MetaFunction } from 'react-router';
import { Button } from '../components/button.tsx';
import { TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { attempt, open, readForm } from '../guarded.ts';
import { least, signUp as words } from '../texts/getting-in.ts';
import { askAuth, backToForm, goTo, placeOf, withNext } from './ask-auth.ts';
import { Door, typedIn } from './door.tsx';
import { waitFor } from './waiting.ts';
import { beginWith } from './with/begin.ts';
import { CONTINUE, ContinueWith } from './with/buttons.tsx';

export const meta: MetaFunction = () => [
  { title: words.title },
  { name: 'description', content: 'Sign up with an email address and a password, and ask for your first piece of work.' },
];

export const loader = open(async ({ who, url, startingCredits, auth }) => {
  const next = placeOf(url.searchParams.get('next'));
  if ((await who()) !== null) throw redirect(next);
  return { next, startingCredits, platforms: auth.platforms };
});

export const action = open(async (visit) => {
  const form = await readForm(visit.request);
  return attempt(visit, 'signup', async () => {
    const [name, email, next] = [form.text('name'), form.text('email'), placeOf(form.text('next'))];
    if (form.intent === CONTINUE) return beginWith(visit, { platform: form.text('platform'), next, intent: 'signup' });
    const fields = { name, email, password: form.untouched('password') };
    const said = await askAuth(visit, '/sign-up/email', fields);
    if (!said.ok) return backToForm(visit, 'signup', said, { values: { name, email } });
    return goTo('/verify', said.cookies, waitFor(visit, email, next));
  });
});

export default function SignUp() {
  const { next, startingCredits, platforms } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const problem = useProblem('signup');
  return (
    <Door
      title={words.title}
      lead={words.lead(startingCredits)}
      after={
        <>
          <p>
            {words.terms} <Link to="/terms">terms</Link>.
          </p>
          <p className="mt-2">
            Have an account? <Link to={withNext('/login', next)}>Log in</Link>
          </p>
        </>
      }
    >
      <Form intent="signup" className="space-y-5">
        <input type="hidden" name="next" value={next} />
        <TextField
          label="Name"
          name="name"
          autoComplete="name"
          required
          maxLength={60}
          defaultValue={typedIn(answer, 'name')}
          error={problem?.fields['name']}
        />
        <TextField
          label="Email address"
          name="email"
          type="email"
          autoComplete="email"
          required
          maxLength={254}
          defaultValue={typedIn(answer, 'email')}
          error={problem?.fields['email']}
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          minLength={least}
          maxLength={128}
          hint={words.passwordHint}
          error={problem?.fields['password']}
        />
        <Button look="main" intent="signup" busyWords="One moment…" className="w-full">
          Create account
        </Button>
      </Form>
      <ContinueWith platforms={platforms} next={next} />
    </Door>
  );
}
