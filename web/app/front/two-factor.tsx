import { Link, useLoaderData, type MetaFunction } from 'react-router';
import { Button } from '../components/button.tsx';
import { TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { attempt, open, readForm } from '../guarded.ts';
import { askAuth, backToForm, goTo, placeOf } from './ask-auth.ts';
import { Door } from './door.tsx';
import { stopWaiting } from './waiting.ts';

export const meta: MetaFunction = () => [{ title: 'One more step' }, { name: 'robots', content: 'noindex' }];

export const loader = open(({ url }) => ({ next: placeOf(url.searchParams.get('next')) }));

export const action = open(async (visit) => {
  const form = await readForm(visit.request);
  const intent = form.intent === 'backup' ? 'backup' : 'code';
  return attempt(visit, intent, async () => {
    const code = form.text('code').replaceAll(/\s/g, '');
    const said = await askAuth(visit, intent === 'backup' ? '/two-factor/verify-backup-code' : '/two-factor/verify-totp', { code });
    return said.ok ? goTo(placeOf(form.text('next')), said.cookies, stopWaiting(visit)) : backToForm(visit, intent, said);
  });
});

export default function TwoFactor() {
  const { next } = useLoaderData<typeof loader>();
  const wrongCode = useProblem('code');
  const wrongBackup = useProblem('backup');
  return (
    <Door
      title="One more step"
      lead="Enter the code that your authenticator shows now."
      after={<Link to="/login">Log in as somebody else</Link>}
    >
      <Form intent="code" className="space-y-5">
        <input type="hidden" name="next" value={next} />
        <TextField
          label="Code"
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          maxLength={10}
          error={wrongCode?.fields['code']}
        />
        <Button look="main" intent="code" busyWords="One moment…" className="w-full">
          Continue
        </Button>
      </Form>
      <details className="mt-5 border-t border-hairline pt-4" open={wrongBackup !== null}>
        <summary className="flex min-h-11 items-center text-sm font-medium text-accent">Use a backup code</summary>
        <Form intent="backup" className="mt-4 space-y-5">
          <input type="hidden" name="next" value={next} />
          <TextField
            label="Backup code"
            name="code"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={20}
            hint="One of those you kept when you set up your authenticator. Each works once."
            error={wrongBackup?.fields['code']}
          />
          <Button intent="backup" busyWords="One moment…" className="w-full">
            Use this code
          </Button>
        </Form>
      </details>
    </Door>
  );
}
