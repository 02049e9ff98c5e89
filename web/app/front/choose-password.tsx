// The page behind the link of a mail where a password is chosen: a new one, or the first.

import { Link } from 'react-router';
import { Button } from '../components/button.tsx';
import { TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { attempt, readForm } from '../guarded.ts';
import { least, signUp } from '../texts/getting-in.ts';
import { askAuth, backToForm, goTo } from './ask-auth.ts';
import { Door } from './door.tsx';
import type { Visited } from '../visited.ts';

export async function choosePassword(visit: Visited, afterwards: string) {
  const form = await readForm(visit.request);
  return attempt(visit, 'password', async () => {
    const said = await askAuth(visit, '/reset-password', { token: form.text('token'), newPassword: form.untouched('password') });
    return said.ok ? goTo(afterwards, said.cookies) : backToForm(visit, 'password', said);
  });
}

export function ChoosePassword({ title, lead, token }: { title: string; lead: string; token: string }) {
  const problem = useProblem('password');
  const isOver = token === '' || problem?.code === 'INVALID_TOKEN';
  return (
    <Door title={title} lead={isOver ? undefined : lead} after={<Link to="/login">Back to log in</Link>}>
      <Form intent="password" className="space-y-5">
        {isOver ? (
          <p className="words">
            {token === '' && 'This page needs the link of a mail. '}
            <Link to="/forgot">Have a new link sent to you</Link>
          </p>
        ) : (
          <>
            <input type="hidden" name="token" value={token} />
            <TextField
              label="New password"
              name="password"
              type="password"
              autoComplete="new-password"
              required
              minLength={least}
              maxLength={128}
              hint={signUp.passwordHint}
              error={problem?.fields['password']}
            />
            <Button look="main" intent="password" busyWords="One moment…" className="w-full">
              Use this password
            </Button>
          </>
        )}
      </Form>
    </Door>
  );
}
