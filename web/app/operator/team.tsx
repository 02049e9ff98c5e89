// One team: its wallet, its people, its last tasks without their words, its audit log; and what an operator can do for it.

import { Link, redirect, useLoaderData } from 'react-router';
import { asNumber } from '#core/domain/credits/credits.ts';
import { newId } from '#core/domain/ids.ts';
import { platformName } from '#core/domain/messages/platforms.ts';
import { sayAudit } from '#core/domain/team/say-audit.ts';
import { statusWords } from '#core/domain/tasks/task-view.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Credits, Time } from '../components/format.tsx';
import { Card, Figure } from '../components/page.tsx';
import { Table, Td, Th, Tr } from '../components/table.tsx';
import { StatusTag, Tag } from '../components/tag.tsx';
import { attempt, operators, readForm } from '../guarded.ts';
import { accessWords, operatorWords } from '../texts/operator.ts';
import { OperatorPage, titled } from './nav.tsx';
import { ReasonField } from './reason-field.tsx';

const TASKS = 20;

export const loader = operators(async ({ app, actor, brandName, params, now }) => {
  const team = await app.operator.team(actor, params['id'] ?? '');
  const [running, failed] = await Promise.all([
    app.operator.tasks(actor, { sight: 'running', teamId: team.id, limit: TASKS }),
    app.operator.tasks(actor, { sight: 'failed', teamId: team.id, limit: TASKS }),
  ]);
  return {
    brandName,
    /** Names this showing of the form, so that sending it twice grants once. */
    key: newId(now.getTime()),
    id: team.id,
    name: team.name,
    personal: team.personal,
    retentionDays: team.retentionDays,
    balance: asNumber(team.balance),
    held: asNumber(team.held),
    debt: asNumber(team.debt),
    createdAt: team.createdAt.toISOString(),
    frozenAt: team.frozenAt?.toISOString() ?? null,
    deletionAt: team.deletionAt?.toISOString() ?? null,
    erasedAt: team.erasedAt?.toISOString() ?? null,
    people: team.people.map(({ userId, name, email, role }) => ({ userId, name, email, role })),
    workspaces: team.workspaces.map(({ platform, externalId, name, uninstalledAt, installation }) => ({
      platform,
      externalId,
      name,
      removed: uninstalledAt !== null,
      scopes: installation?.scopes.length ?? null,
      tokensExpireAt: installation?.tokensExpireAt?.toISOString() ?? null,
    })),
    tasks: [...running, ...failed].map(({ id, type, status, platform, createdAt }) => ({
      id,
      type,
      status,
      platform,
      createdAt: createdAt.toISOString(),
    })),
    audit: team.audit.map(({ at, actor: who, act, facts }, index) => ({
      index,
      at: at.toISOString(),
      who,
      words: sayAudit({ act, whom: null, facts }),
    })),
  };
});

export const action = operators(async (visit) => {
  const { app, actor, params, request } = visit;
  const { intent, text } = await readForm(request);
  const teamId = params['id'] ?? '';
  return attempt(visit, intent, async () => {
    const done = (word: string) => redirect(`/operator/teams/${teamId}?done=${word}`);
    switch (intent) {
      case 'grant': {
        const { repeated } = await app.operator.grantCredits(actor, {
          teamId,
          credits: text('credits'),
          reason: text('reason'),
          key: text('key'),
        });
        return done(repeated ? 'granted-before' : 'granted');
      }
      case 'freeze':
        await app.operator.freezeTeam(actor, teamId, text('reason'));
        return done('frozen');
      case 'unfreeze':
        await app.operator.unfreezeTeam(actor, teamId, text('reason'));
        return done('unfrozen');
      case 'check':
        await app.operator.checkLedger(actor, teamId);
        return redirect('/operator/ledger?done=checked');
      default:
        throw refuse('request.malformed');
    }
  });
});

export const meta = titled('Team');

export default function Team() {
  const team = useLoaderData<typeof loader>();
  return (
    <OperatorPage title={team.name} lead={<TeamLead />}>
      <Card title="Wallet">
        <dl className="grid grid-cols-2 gap-x-6 gap-y-5 sm:grid-cols-4">
          <Figure label="Left to spend" value={<Credits amount={team.balance - team.held} />} />
          <Figure label="Reserved" value={<Credits amount={team.held} />} />
          <Figure label="Owed" value={<Credits amount={team.debt} />} />
          <Figure label="Files kept" value={`${team.retentionDays} days`} />
        </dl>
        <Form intent="check" className="mt-5">
          <Button small intent="check" busyWords="Checking…">
            Check this wallet
          </Button>
        </Form>
      </Card>
      {team.erasedAt === null && <Grant />}
      {team.erasedAt === null && <Freeze />}
      <Card title="People" flush>
        <ul className="divide-y divide-hairline border-t border-hairline">
          {team.people.map(({ userId, name, email, role }) => (
            <li key={userId} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-5 py-3 sm:px-6">
              <span className="min-w-0 wrap-anywhere">
                {name} <span className="text-soft">{email}</span>
              </span>
              <Tag>{role}</Tag>
            </li>
          ))}
        </ul>
        {team.people.length === 0 && <p className="px-5 pb-5 text-soft sm:px-6">No members.</p>}
        <p className="words border-t border-hairline px-5 py-3 sm:px-6">
          <Link to={`/operator/teams/${team.id}/access`}>{accessWords.link}</Link>
        </p>
      </Card>
      {team.workspaces.length > 0 && (
        <Card title="Chats">
          <ul className="space-y-1">
            {team.workspaces.map(({ platform, externalId, name, removed, scopes, tokensExpireAt }) => (
              <li key={`${platform} ${externalId}`} className="wrap-anywhere">
                {name} <Tag>{platformName(platform)}</Tag> {removed && <Tag tone="warn">App removed</Tag>}{' '}
                <span className="text-sm text-soft">
                  {externalId}
                  {scopes !== null && `, ${scopes} ${scopes === 1 ? 'scope' : 'scopes'}`}
                  {tokensExpireAt !== null && (
                    <>
                      , tokens expire <Time at={tokensExpireAt} />
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
      <Card title="Tasks under way and failed" flush={team.tasks.length > 0}>
        {team.tasks.length === 0 ? (
          <p className="text-soft">None.</p>
        ) : (
          <Table name="Tasks under way and failed">
            <thead>
              <tr>
                <Th>Task</Th>
                <Th>Status</Th>
                <Th>Where</Th>
                <Th>Asked</Th>
              </tr>
            </thead>
            <tbody>
              {team.tasks.map(({ id, type, status, platform, createdAt }) => (
                <Tr key={id}>
                  <Td>
                    <Link
                      className="-my-0.5 inline-block py-0.5 text-accent hover:underline"
                      to={`/operator/tasks?team=${team.id}&sight=${status === 'failed' ? 'failed' : 'running'}`}
                    >
                      {type}
                    </Link>
                  </Td>
                  <Td>
                    <StatusTag status={status} words={statusWords[status]} />
                  </Td>
                  <Td>{platformName(platform)}</Td>
                  <Td>
                    <Time at={createdAt} style="ago" />
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Card>
      <Card title="Audit log">
        {team.audit.length === 0 ? (
          <p className="text-soft">Nothing was done to people, credits or settings.</p>
        ) : (
          <ol className="space-y-3 text-sm">
            {team.audit.map(({ index, at, who, words }) => (
              <li key={index} className="flex flex-col gap-x-4 sm:flex-row">
                <span className="w-44 shrink-0 text-soft">
                  <Time at={at} />
                </span>
                <span className="min-w-0 wrap-anywhere">
                  {words}
                  <span className="block font-mono text-xs text-soft">{who}</span>
                </span>
              </li>
            ))}
          </ol>
        )}
      </Card>
    </OperatorPage>
  );
}

function TeamLead() {
  const { id, personal, createdAt, frozenAt, deletionAt, erasedAt } = useLoaderData<typeof loader>();
  return (
    <span className="flex flex-wrap items-center gap-2">
      <span className="font-mono text-xs wrap-anywhere">{id}</span>
      <span>
        since <Time at={createdAt} style="date" />
      </span>
      {personal && <Tag>own team of one person</Tag>}
      {frozenAt !== null && <Tag tone="warn">on hold</Tag>}
      {erasedAt !== null ? (
        <Tag>erased</Tag>
      ) : (
        deletionAt !== null && (
          <Tag tone="warn">
            leaves on <Time at={deletionAt} style="date" />
          </Tag>
        )
      )}
    </span>
  );
}

function Grant() {
  const { key } = useLoaderData<typeof loader>();
  const problem = useProblem('grant');
  return (
    <Card title={operatorWords.grant} lead={operatorWords.grantLead}>
      <Form intent="grant" className="grid gap-4 sm:grid-cols-[10rem_minmax(0,1fr)_auto] sm:items-start">
        <input type="hidden" name="key" value={key} />
        <TextField
          label="Credits"
          name="credits"
          inputMode="decimal"
          required
          maxLength={16}
          autoComplete="off"
          error={problem?.fields['credits']}
        />
        <ReasonField error={problem?.fields['reason'] ?? problem?.fields['key']} />
        <Button look="main" intent="grant" busyWords="Granting …" className="sm:mt-[1.625rem]">
          Grant
        </Button>
      </Form>
    </Card>
  );
}

function Freeze() {
  const { frozenAt } = useLoaderData<typeof loader>();
  const intent = frozenAt === null ? 'freeze' : 'unfreeze';
  const problem = useProblem(intent);
  return (
    <Card title={operatorWords[intent]} lead={frozenAt === null ? operatorWords.freezeLead : operatorWords.unfreezeLead}>
      <Confirm
        label={`${operatorWords[intent]} …`}
        look={frozenAt === null ? 'danger' : 'plain'}
        open={problem !== null}
        className="max-w-prose"
      >
        <Form intent={intent} className="space-y-4">
          <ReasonField error={problem?.fields['reason']} />
          <Button look={frozenAt === null ? 'danger' : 'plain'}>{operatorWords[intent]}</Button>
        </Form>
      </Confirm>
    </Card>
  );
}
