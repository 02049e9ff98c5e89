import { useActionData } from 'react-router';
import type { AccountView } from '#core/flows/accounts/accounts.ts';
import { Button } from '../components/button.tsx';
import { TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Card } from '../components/page.tsx';
import { typedIn } from '../front/door.tsx';
import { least, signUp } from '../texts/getting-in.ts';

export function Profile({ account: { name, email, hasPassword } }: { account: AccountView }) {
  const answer = useActionData();
  const wrongName = useProblem('name');
  const wrongMail = useProblem('mail');
  return (
    <Card title="Profile" lead="Your name is shown with your requests.">
      <Form intent="name" className="flex flex-wrap items-end gap-3">
        <TextField
          label="Name"
          name="name"
          autoComplete="name"
          required
          maxLength={60}
          key={name}
          defaultValue={name}
          error={wrongName?.fields['name']}
          className="min-w-0 flex-1 basis-56"
        />
        <Button intent="name" busyWords="Saving…">
          Save
        </Button>
      </Form>
      <details className="mt-5 border-t border-hairline pt-4" open={wrongMail !== null}>
        <summary className="flex min-h-11 flex-wrap items-center justify-between gap-x-3">
          <span className="min-w-0 wrap-anywhere">
            <span className="block text-sm text-soft">Email address</span>
            {email}
          </span>
          <span className="text-sm font-medium text-accent">Change</span>
        </summary>
        <Form intent="mail" className="mt-4 space-y-5">
          <TextField
            label="New email address"
            name="email"
            type="email"
            autoComplete="email"
            required
            maxLength={254}
            defaultValue={typedIn(answer, 'email')}
            hint="We send a link to this address. Open it while you are logged in here. Your current address gets a notice."
            error={wrongMail?.fields['email']}
          />
          {hasPassword && <CurrentPassword error={wrongMail?.fields['current']} />}
          <Button intent="mail" busyWords="One moment…">
            Send link
          </Button>
        </Form>
      </details>
    </Card>
  );
}

export function Password({ account: { email, hasPassword } }: { account: AccountView }) {
  const problem = useProblem('password');
  if (!hasPassword)
    return (
      <Card
        title="Password"
        lead="You have no password. Choosing one disconnects the chat accounts that log you in; you can connect them again."
      >
        <Form intent="password-link">
          <Button intent="password-link" busyWords="One moment…">
            Send me a link to choose one
          </Button>
        </Form>
      </Card>
    );
  return (
    <Card title="Password" lead="Changing it logs out all other sessions.">
      <Form intent="password" className="space-y-5" key={problem === null ? 'fresh' : 'again'}>
        {/* For password managers: which account this is about. */}
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <CurrentPassword name="current" error={problem?.fields['current']} />
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
        <Button intent="password" busyWords="One moment…">
          Change password
        </Button>
      </Form>
    </Card>
  );
}

export function CurrentPassword({ name = 'password', error }: { name?: string; error: string | undefined }) {
  return (
    <TextField label="Your password" name={name} type="password" autoComplete="current-password" required maxLength={128} error={error} />
  );
}
