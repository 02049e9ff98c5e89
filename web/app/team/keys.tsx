// Keys for programs: those there are, and a new one, which is shown once.

import { KeyRound } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { redirect, useActionData, useLoaderData, type MetaFunction } from 'react-router';
import { keyLifetimes, sayKeyExpiry, USUAL_KEY_LIFETIME } from '#core/domain/team/api-key.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { SelectField, TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Time, useReader } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { Card, Empty } from '../components/page.tsx';
import { Tag } from '../components/tag.tsx';
import { attempt, guarded, readForm } from '../guarded.ts';
import { keyWords } from '../texts/team.ts';
import { Named } from './named.tsx';
import { TeamPage } from './nav.tsx';

export const loader = guarded('keys.own', async ({ app, actor, brandName, publicUrl }) => ({
  brandName,
  keys: await app.team.apiKeys(actor),
  docs: `${publicUrl}/docs/api`,
}));

export const action = guarded('keys.own', async (visit) => {
  const { app, actor, request } = visit;
  const { intent, text } = await readForm(request);
  return attempt(visit, intent, async () => {
    switch (intent.split(' ')[0]) {
      case 'revoke':
        await app.team.revokeApiKey(actor, text('id'));
        return redirect('/team/keys?done=key-revoked');
      case 'make': {
        // The one answer that holds the key: there is no page to come back to that shows it again.
        const { name, key } = await app.team.makeApiKey(actor, text('name'), {
          scope: text('scope') || 'full',
          lifetime: text('lifetime') || USUAL_KEY_LIFETIME,
        });
        return { intent, made: { name, key } };
      }
      default:
        throw refuse('request.malformed');
    }
  });
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `API keys · ${loaderData?.brandName}` }];

export default function Keys() {
  const { keys, docs } = useLoaderData<typeof loader>();
  const made = (useActionData() as { made?: { name: string; key: string } } | undefined)?.made;
  const problem = useProblem('make');
  return (
    <TeamPage
      title={keyWords.title}
      lead={
        <span className="words">
          {keyWords.lead} <a href={docs}>Read the API docs</a>
        </span>
      }
    >
      {made !== undefined && <NewKey key={made.key} name={made.name} secret={made.key} />}
      <Card title={keyWords.make}>
        <Form key={made?.key} intent="make" className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_11rem] sm:items-start">
          <TextField
            label="Name"
            name="name"
            required
            maxLength={60}
            autoComplete="off"
            hint={keyWords.nameHint}
            error={problem?.fields['name']}
          />
          <SelectField label="Expiration" name="lifetime" defaultValue={USUAL_KEY_LIFETIME} error={problem?.fields['lifetime']}>
            {keyLifetimes.map((lifetime) => (
              <option key={lifetime} value={lifetime}>
                {lifetime === 'never' ? 'No expiration' : `${lifetime} days`}
              </option>
            ))}
          </SelectField>
          <SelectField label="Access" name="scope" defaultValue="full" hint={keyWords.scopeHint} error={problem?.fields['scope']}>
            <option value="full">Full access</option>
            <option value="read-only">Read-only</option>
          </SelectField>
          <Button look="main" intent="make" busyWords="Creating key…" className="sm:mt-[1.625rem]">
            Create key
          </Button>
        </Form>
      </Card>
      {keys.length === 0 ? (
        <Card>
          <Empty icon={<KeyRound />} title={keyWords.none}>
            {keyWords.noneLead}
          </Empty>
        </Card>
      ) : (
        <Card title="Active keys" flush>
          <ul className="divide-y divide-hairline border-t border-hairline">
            {keys.map(({ id, name, prefix, scope, expiresAt, madeAt, lastUsedAt, yours, owner }) => (
              <li key={id} className="px-5 py-4 sm:px-6">
                <h3 className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
                  <span className="min-w-0 wrap-anywhere">{name}</span>
                  <Tag>{scope === 'read-only' ? 'Read-only' : 'Full access'}</Tag>
                  <Expiry at={expiresAt} />
                </h3>
                <p className="text-sm text-soft">
                  <code className="font-mono">{prefix}…</code> {yours ? 'yours' : `of ${owner}`}, created <Time at={madeAt} style="date" />,{' '}
                  {lastUsedAt === null ? (
                    'never used'
                  ) : (
                    <>
                      last used <Time at={lastUsedAt} style="ago" />
                    </>
                  )}
                </p>
                <Confirm label={<Named short="Revoke" rest={`the key ${name}`} />} look="quiet" small className="mt-1 -ml-3.5 open:ml-0">
                  <Form intent={`revoke ${id}`}>
                    <input type="hidden" name="id" value={id} />
                    <p className="mb-3 max-w-prose text-sm">{keyWords.revoke}</p>
                    <Button look="danger" small>
                      Revoke key
                    </Button>
                  </Form>
                </Confirm>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </TeamPage>
  );
}

function Expiry({ at }: { at: string | null }) {
  const { words, state } = sayKeyExpiry(at, useReader().now);
  return <Tag tone={state === 'expired' ? 'bad' : state === 'soon' ? 'warn' : 'plain'}>{words}</Tag>;
}

function NewKey({ name, secret }: { name: string; secret: string }) {
  const id = useId();
  const [copied, setCopied] = useState(false);
  // Only a page that runs scripts, from a safe address, can copy.
  const [canCopy, setCanCopy] = useState(false);
  useEffect(() => setCanCopy('clipboard' in navigator), []);
  return (
    <Notice tone="good" title={`Key “${name}” created.`} live>
      <p>
        {keyWords.shownOnce} {keyWords.use}
      </p>
      <div className="mt-3 flex flex-wrap gap-3">
        <label htmlFor={id} className="sr-only">
          The new key
        </label>
        <input
          id={id}
          readOnly
          value={secret}
          onFocus={(event) => event.currentTarget.select()}
          className="h-11 w-full max-w-md min-w-0 rounded-control border border-edge bg-surface px-3.5 font-mono text-sm"
        />
        {canCopy && (
          <Button
            type="button"
            onClick={() => {
              void navigator.clipboard.writeText(secret).then(() => setCopied(true));
            }}
          >
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </div>
    </Notice>
  );
}
