// Behind the link of a sign-up: holding it shows that the mailbox is read, and the password shows that the reader is who signed
// up. Whoever reads the mailbox and did not sign up chooses a new password, and the one before stops working.

import { Button } from '../components/button.tsx';
import { TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { least, signUp } from '../texts/getting-in.ts';
import { confirmSignUp as words } from '../texts/links.ts';
import { askAuth, backToForm, goTo, withNext } from './ask-auth.ts';
import { Door } from './door.tsx';
import { readWaiting, stopWaiting } from './waiting.ts';
import type { Visited } from '../visited.ts';

interface Typed {
  text(name: string): string;
  untouched(name: string): string;
}

export async function confirmWithPassword(visit: Visited, form: Typed) {
  const { next } = readWaiting(visit.request.headers);
  const said = await askAuth(visit, '/confirm-sign-up', { token: form.text('token'), password: form.untouched('password') });
  if (said.body['twoFactorRedirect'] === true || said.location?.endsWith('/login/two-factor'))
    return goTo(withNext('/login/two-factor', next), said.cookies);
  if (!said.ok) return backToForm(visit, 'verify', said);
  return goTo(next === '/dashboard' ? '/welcome' : next, said.cookies, stopWaiting(visit));
}

export async function confirmWithNewPassword(visit: Visited, form: Typed) {
  const said = await askAuth(visit, '/confirm-sign-up/new-password', {
    token: form.text('token'),
    newPassword: form.untouched('password'),
  });
  return said.ok ? goTo('/login?done=password&next=/welcome', said.cookies) : backToForm(visit, 'anew', said);
}

export function ConfirmSignUp({ token, account }: { token: string; account: string }) {
  const wrong = useProblem('verify');
  const wrongNew = useProblem('anew');
  return (
    <Door title={words.title} lead={words.lead} after={words.stranger}>
      <p className="mb-5 font-medium wrap-anywhere">{account}</p>
      <Form intent="verify" className="space-y-5">
        <input type="hidden" name="token" value={token} />
        <TextField
          label={words.password}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          maxLength={128}
          error={wrong?.fields['signUpPassword']}
        />
        <Button look="main" intent="verify" busyWords="Confirming…" className="w-full">
          {words.confirm}
        </Button>
      </Form>
      <details className="mt-5 border-t border-hairline pt-4" open={wrongNew !== null}>
        <summary className="flex min-h-11 items-center text-sm font-medium text-accent">{words.anew}</summary>
        <Form intent="anew" className="mt-4 space-y-5">
          <input type="hidden" name="token" value={token} />
          <p className="words text-sm text-soft">{words.anewHint}</p>
          <TextField
            label="New password"
            name="password"
            type="password"
            autoComplete="new-password"
            required
            minLength={least}
            maxLength={128}
            hint={signUp.passwordHint}
            error={wrongNew?.fields['password']}
          />
          <Button intent="anew" busyWords="Saving…" className="w-full">
            {words.useNew}
          </Button>
        </Form>
      </details>
    </Door>
  );
}
