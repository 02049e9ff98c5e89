import { useActionData } from 'react-router';
import type { AccountView } from '#core/flows/accounts/accounts.ts';
import { Button } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Notice } from '../components/notice.tsx';
import { Card } from '../components/page.tsx';
import { Tag } from '../components/tag.tsx';
import { CurrentPassword } from './profile.tsx';
import type { Setup } from './two-factor-acts.ts';

interface Answer {
  readonly setup?: Setup;
  readonly codes?: readonly string[];
}

export function TwoFactor({ account }: { account: AccountView }) {
  const { setup, codes } = (useActionData() as Answer | undefined) ?? {};
  return (
    <Card
      title="Two-factor authentication"
      lead="Protects your account if your password leaks."
      actions={account.twoFactor ? <Tag tone="good">On</Tag> : <Tag>Off</Tag>}
    >
      {account.twoFactor ? <IsOn account={account} codes={codes} /> : setup ? <SetUp setup={setup} /> : <Begin account={account} />}
    </Card>
  );
}

function Begin({ account }: { account: AccountView }) {
  const problem = useProblem('two-factor-begin');
  return (
    <Form intent="two-factor-begin" className="space-y-5">
      {account.hasPassword && <CurrentPassword error={problem?.fields['current']} />}
      <Button intent="two-factor-begin" busyWords="One moment…">
        Set up an authenticator
      </Button>
    </Form>
  );
}

function SetUp({ setup: { uri, secret, codes, qr } }: { setup: Setup }) {
  const problem = useProblem('two-factor-confirm');
  return (
    <ol className="space-y-6">
      <li>
        <h3 className="font-medium">1. Scan this with your authenticator</h3>
        <div className="mt-3 flex flex-wrap items-center gap-5">
          <svg
            viewBox={`0 0 ${qr.size} ${qr.size}`}
            role="img"
            aria-label="QR code for your authenticator"
            className="size-44 rounded-control bg-white"
          >
            <path d={qr.path} className="fill-[#000]" shapeRendering="crispEdges" />
          </svg>
          <p className="min-w-0 flex-1 basis-48 text-sm text-soft">
            Or type this in:
            <code className="mt-1 block font-mono text-ink wrap-anywhere">{secret}</code>
          </p>
        </div>
      </li>
      <li>
        <h3 className="font-medium">2. Keep these backup codes</h3>
        <BackupCodes codes={codes} />
      </li>
      <li>
        <h3 className="font-medium">3. Enter the code it shows now</h3>
        <Form intent="two-factor-confirm" className="mt-3 space-y-5">
          <input type="hidden" name="uri" value={uri} />
          <input type="hidden" name="codes" value={codes.join(' ')} />
          <TextField
            label="Code"
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            maxLength={10}
            error={problem?.fields['code']}
          />
          <Button look="main" intent="two-factor-confirm" busyWords="One moment…">
            Turn on
          </Button>
        </Form>
      </li>
    </ol>
  );
}

function IsOn({ account, codes }: { account: AccountView; codes: readonly string[] | undefined }) {
  const wrongForCodes = useProblem('backup-codes');
  const wrongForOff = useProblem('two-factor-off');
  return (
    <div className="space-y-5">
      {codes && (
        <Notice tone="good" title="Your new backup codes. The old ones no longer work." live>
          <BackupCodes codes={codes} />
        </Notice>
      )}
      <details open={wrongForCodes !== null}>
        <summary className="flex min-h-11 items-center font-medium text-accent">Make new backup codes</summary>
        <Form intent="backup-codes" className="mt-2 space-y-5">
          {account.hasPassword && <CurrentPassword error={wrongForCodes?.fields['current']} />}
          <Button intent="backup-codes" busyWords="One moment…">
            Create new codes
          </Button>
        </Form>
      </details>
      <Confirm label="Turn off" open={wrongForOff !== null}>
        <Form intent="two-factor-off" className="space-y-5">
          <p>Your password alone will then log you in.</p>
          {account.hasPassword && <CurrentPassword error={wrongForOff?.fields['current']} />}
          <Button look="danger" intent="two-factor-off" busyWords="One moment…">
            Turn off
          </Button>
        </Form>
      </Confirm>
    </div>
  );
}

function BackupCodes({ codes }: { codes: readonly string[] }) {
  return (
    <>
      <p className="mt-1 text-sm text-soft">Each lets you in once when your authenticator is not at hand. They are not shown again.</p>
      <ul className="mt-3 grid grid-cols-2 gap-x-6 gap-y-1 rounded-control bg-sunken p-4 font-mono text-sm sm:grid-cols-3">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </>
  );
}
