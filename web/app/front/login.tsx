import { Link, redirect, useActionData, useLoaderData, type MetaFunction } from 'react-router';
import { platformName } from '#core/domain/messages/platforms.ts';
import { Button } from '../components/button.tsx';
import { Checkbox, TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Notice } from '../components/notice.tsx';
import { attempt, open, readForm } from '../guarded.ts';
import { continueWith as withWords } from '../texts/continue-with.ts';
import { logIn as words } from '../texts/getting-in.ts';
import { wordFor } from '../word-for.ts';
import { askAuth, backToForm, goTo, placeOf, withNext } from './ask-auth.ts';
import { Door, typedIn } from './door.tsx';
import { waitFor } from './waiting.ts';
import { beginWith } from './with/begin.ts';
import { CONTINUE, ContinueWith } from './with/buttons.tsx';

export const meta: MetaFunction = () => [
  { title: words.title },
  { name: 'description', content: 'Log in with your password, or with a link that is sent to your email address.' },
];

const notices: Readonly<Record<string, string>> = {
  password: 'Your password was changed. Log in with the new one.',
  verified: 'Your email address is confirmed. Log in.',
};

export const loader = open(async ({ who, url, auth }) => {
  const next = placeOf(url.searchParams.get('next'));
  if ((await who()) !== null) throw redirect(next);
  const { platforms } = auth;
  const found = platforms.find((platform) => platform === url.searchParams.get('found')) ?? null;
  return { next, platforms, found, notice: wordFor(notices, url.searchParams.get('done')) };
});

export const action = open(async (visit) => {
  const form = await readForm(visit.request);
  return attempt(visit, 'login', async () => {
    const [email, next] = [form.text('email'), placeOf(form.text('next'))];
    const values = { email };
    if (form.intent === CONTINUE) return beginWith(visit, { platform: form.text('platform'), next, intent: 'login' });
    if (form.intent === 'link') {
      const said = await askAuth(visit, '/sign-in/magic-link', { email });
      return said.ok ? goTo('/login/sent', waitFor(visit, email, next)) : backToForm(visit, 'login', said, { values });
    }
    const said = await askAuth(visit, '/sign-in/email', {
      email,
      password: form.untouched('password'),
      rememberMe: form.text('stay') === 'yes',
    });
    // It got a new link, unless it got several already.
    if (said.body['code'] === 'EMAIL_NOT_VERIFIED') return goTo('/verify', waitFor(visit, email, next));
    if (!said.ok) return backToForm(visit, 'login', said, { values });
    return goTo(said.body['twoFactorRedirect'] === true ? withNext('/login/two-factor', next) : next, said.cookies);
  });
});

export default function LogIn() {
  const { next, platforms, found, notice } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const problem = useProblem('login');
  return (
    <Door
      title={words.title}
      after={
        <>
          <p>
            {words.noAccount} <Link to={withNext('/signup', next)}>Sign up</Link>
          </p>
          {platforms.length > 0 && (
            <p className="mt-2">
              {withWords.agree} <Link to="/terms">terms</Link>.
            </p>
          )}
        </>
      }
    >
      {notice !== null && !problem && (
        <Notice tone="good" className="mb-5">
          <p>{notice}</p>
        </Notice>
      )}
      {found !== null && !problem && (
        <Notice tone="info" title={withWords.exists(platformName(found)).title} className="mb-5">
          <p>{withWords.exists(platformName(found)).words}</p>
        </Notice>
      )}
      <Form className="space-y-5">
        <input type="hidden" name="next" value={next} />
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
        <div>
          <TextField label="Password" name="password" type="password" autoComplete="current-password" required maxLength={128} />
          <p className="words mt-2 text-sm">
            <Link to="/forgot">Forgot your password?</Link>
          </p>
        </div>
        <Checkbox name="stay" value="yes" defaultChecked label={words.stay} hint={words.stayHint} />
        <Button look="main" intent="login" busyWords="One moment…" className="w-full">
          Log in
        </Button>
        <Button intent="link" formNoValidate busyWords="One moment…" className="w-full">
          Send me a link instead
        </Button>
      </Form>
      {found === null && <ContinueWith platforms={platforms} next={next} />}
    </Door>
  );
}
