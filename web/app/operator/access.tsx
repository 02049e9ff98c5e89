// Who can act in a team: sessions and API keys, and how an operator ends them.

import { Link, redirect, useLoaderData } from 'react-router';
import { sayKeyExpiry } from '#core/domain/team/api-key.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Time, useReader } from '../components/format.tsx';
import { Card } from '../components/page.tsx';
import { Tag } from '../components/tag.tsx';
import { attempt, operators, readForm } from '../guarded.ts';
import { accessWords } from '../texts/operator.ts';
import { OperatorPage, titled } from './nav.tsx';
import { ReasonField } from './reason-field.tsx';

export const loader = operators(async ({ app, actor, brandName, params }) => {
  const { teamId, team, people, keys } = await app.operator.access(actor, params['id'] ?? '');
  return {
    brandName,
    teamId,
    team,
    people: people.map(({ userId, name, email, sessions, keys: many }) => ({ userId, name, email, sessions, keys: many })),
    keys: keys.map(({ id, name, prefix, scope, owner, lastUsedAt, expiresAt }) => ({
      id,
      name,
      prefix,
      scope,
      owner,
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
      expiresAt: expiresAt?.toISOString() ?? null,
    })),
  };
});

export const action = operators(async (visit) => {
  const { app, actor, params, request } = visit;
  const { intent, text } = await readForm(request);
  const teamId = params['id'] ?? '';
  const reason = text('reason');
  return attempt(visit, intent, async () => {
    const done = (word: string) => redirect(`/operator/teams/${teamId}/access?done=${word}`);
    switch (intent.split(' ')[0]) {
      case 'end-sessions':
        await app.operator.endSessions(actor, { teamId, userId: text('id'), reason });
        return done('sessions-ended');
      case 'revoke-of':
        await app.operator.revokeKeys(actor, { teamId, userId: text('id'), reason });
        return done('keys-revoked');
      case 'revoke-key':
        await app.operator.revokeKeys(actor, { teamId, keyId: text('id'), reason });
        return done('keys-revoked');
      case 'revoke-all':
        await app.operator.revokeKeys(actor, { teamId, all: true, reason });
        return done('keys-revoked');
      default:
        throw refuse('request.malformed');
    }
  });
});

export const meta = titled('Sessions and keys');

export default function Access() {
  const { teamId, team, people, keys } = useLoaderData<typeof loader>();
  const { now } = useReader();
  return (
    <OperatorPage
      title={accessWords.title}
      lead={
        <span className="words">
          {accessWords.lead} <Link to={`/operator/teams/${teamId}`}>Back to {team}</Link>
        </span>
      }
    >
      <Card title={accessWords.people} lead={accessWords.peopleLead} flush>
        <ul className="divide-y divide-hairline border-t border-hairline">
          {people.map(({ userId, name, email, sessions, keys: many }) => (
            <li key={userId} className="px-5 py-4 sm:px-6">
              <h3 className="min-w-0 font-medium wrap-anywhere">
                {name} <span className="font-normal text-soft">{email}</span>
              </h3>
              <p className="text-sm text-soft">
                {accessWords.sessions(sessions)}, {accessWords.keys(many)}
              </p>
              <div className="mt-1 -ml-3.5 flex flex-col items-start gap-2 sm:flex-row sm:flex-wrap">
                {sessions > 0 && (
                  <Asking
                    intent={`end-sessions ${userId}`}
                    id={userId}
                    act={accessWords.endSessions}
                    of={name}
                    words={accessWords.endSessionsLead}
                  />
                )}
                {many > 0 && (
                  <Asking
                    intent={`revoke-of ${userId}`}
                    id={userId}
                    act={accessWords.revokeOf}
                    of={name}
                    words={accessWords.revokeOfLead}
                  />
                )}
              </div>
            </li>
          ))}
        </ul>
        {people.length === 0 && <p className="px-5 pb-5 text-soft sm:px-6">No members.</p>}
      </Card>
      <Card title="API keys" lead={accessWords.keysLead} flush={keys.length > 0}>
        {keys.length === 0 ? (
          <p className="text-soft">{accessWords.noKeys}</p>
        ) : (
          <ul className="divide-y divide-hairline border-t border-hairline">
            {keys.map(({ id, name, prefix, scope, owner, lastUsedAt, expiresAt }) => (
              <li key={id} className="px-5 py-4 sm:px-6">
                <h3 className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
                  <span className="min-w-0 wrap-anywhere">{name}</span>
                  <Tag>{scope === 'read-only' ? 'Read-only' : 'Full access'}</Tag>
                  <Tag>{sayKeyExpiry(expiresAt, now).words}</Tag>
                </h3>
                <p className="text-sm text-soft">
                  <code className="font-mono">{prefix}…</code> of {owner},{' '}
                  {lastUsedAt === null ? (
                    'never used'
                  ) : (
                    <>
                      last used <Time at={lastUsedAt} style="ago" />
                    </>
                  )}
                </p>
                <div className="mt-1 -ml-3.5">
                  <Asking intent={`revoke-key ${id}`} id={id} act={accessWords.revokeKey} of={name} words={accessWords.revokeKeyLead} />
                </div>
              </li>
            ))}
            <li className="px-5 py-4 sm:px-6">
              <Asking intent="revoke-all" id="" act={accessWords.revokeAll} of="" words={accessWords.revokeAllLead} look="danger" />
            </li>
          </ul>
        )}
      </Card>
    </OperatorPage>
  );
}

/** Asks for the reason before it is done. */
function Asking({
  intent,
  id,
  act,
  of,
  words,
  look = 'quiet',
}: {
  intent: string;
  id: string;
  act: string;
  of: string;
  words: string;
  look?: 'quiet' | 'danger';
}) {
  const problem = useProblem(intent);
  const label = (
    <>
      {act}
      {of !== '' && <span className="sr-only"> of {of}</span>} …
    </>
  );
  return (
    <Confirm
      label={label}
      look={look}
      small
      open={problem !== null}
      className={look === 'quiet' ? 'max-w-prose open:ml-3.5 open:w-full' : 'max-w-prose'}
    >
      <Form intent={intent} className="space-y-3">
        <input type="hidden" name="id" value={id} />
        <p className="text-sm">{words}</p>
        <ReasonField error={problem?.fields['reason']} />
        <Button look="danger" small>
          {act}
        </Button>
      </Form>
    </Confirm>
  );
}
