// The form in the place of a page, when somebody must show once more who they are. What they wanted goes along.

import { Form, Link } from 'react-router';
import { confirmIdentity as words } from '../texts/confirm-identity.ts';
import type { ConfirmIdentity, Problem } from '../problem.ts';
import { Door } from '../front/door.tsx';
import { Button, LinkButton } from './button.tsx';
import { TextField, useFocusOnError } from './field.tsx';
import { Notice } from './notice.tsx';

export function ConfirmIdentityPage({ confirm, problem }: { confirm: ConfirmIdentity; problem: Problem | null }) {
  const { email, hasPassword, twoFactor, teamId, action, back, kept, isSent } = confirm;
  const form = useFocusOnError(problem);
  const fields = problem?.fields ?? {};
  return (
    <Door
      title={words.title}
      lead={hasPassword ? words.lead : words.leadByLink}
      after={
        <Link to={back} className="inline-flex min-h-11 items-center">
          {words.cancel}
        </Link>
      }
    >
      <Form method="post" action={action} ref={form} className="space-y-5" replace>
        {problem !== null && Object.keys(fields).length === 0 && (
          <Notice tone="bad" title={problem.sentence} live>
            <p>{problem.wayForward}</p>
          </Notice>
        )}
        {isSent && (
          <Notice tone="good" title={words.sent(email)} live>
            <p>{words.sentThen}</p>
          </Notice>
        )}
        {kept.map(([name, value], i) => (
          <input key={i} type="hidden" name={name} value={value} />
        ))}
        <input type="hidden" name="confirm-team" value={teamId} />
        {hasPassword ? (
          <>
            <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
            <TextField
              label="Password"
              name="confirm-password"
              type="password"
              autoComplete="current-password"
              required
              autoFocus
              maxLength={128}
              error={fields['current'] ?? fields['confirm-password']}
            />
            {twoFactor && (
              <TextField
                label="Code"
                name="confirm-code"
                inputMode="text"
                autoComplete="one-time-code"
                autoCapitalize="none"
                spellCheck={false}
                required
                maxLength={20}
                hint={words.codeHint}
                error={fields['code']}
              />
            )}
            <Button look="main" className="w-full">
              {words.confirm}
            </Button>
          </>
        ) : (
          <>
            <Button look={isSent ? 'plain' : 'main'} name="confirm-by" value="link" className="w-full">
              {isSent ? words.sendAgain : words.send}
            </Button>
            {isSent && (
              <Button look="main" className="w-full">
                {words.goOn}
              </Button>
            )}
          </>
        )}
      </Form>
      {hasPassword && (
        <p className="words mt-4 text-sm">
          <LinkButton to="/forgot" look="quiet" small className="-ml-3.5">
            {words.forgot}
          </LinkButton>
        </p>
      )}
    </Door>
  );
}
