// How the product is doing.

import { Link, useLoaderData } from 'react-router';
import { asNumber } from '#core/domain/credits/credits.ts';
import { platformName } from '#core/domain/messages/platforms.ts';
import { troubleFor } from '#core/domain/messages/trouble.ts';
import { statusWords } from '#core/domain/tasks/task-view.ts';
import { Credits, Time } from '../components/format.tsx';
import { Card, Figure } from '../components/page.tsx';
import { Table, Td, Th, Tr } from '../components/table.tsx';
import { Tag } from '../components/tag.tsx';
import { operators } from '../guarded.ts';
import { checkOutcomes, operatorWords, partName } from '../texts/operator.ts';
import { OperatorPage, titled } from './nav.tsx';

export const loader = operators(async ({ app, actor, brandName, sandboxPages }) => {
  const [overview, queues] = await Promise.all([app.operator.overview(actor), app.operator.queues(actor)]);
  return {
    brandName,
    sandboxPages,
    health: overview.health,
    numbers: {
      users: overview.users,
      teams: overview.teams,
      frozen: overview.frozenTeams,
      leaving: overview.leavingTeams,
      live: overview.tasksLive,
      balance: asNumber(overview.creditsBalance),
      held: asNumber(overview.creditsHeld),
      usedOfDay: asNumber(overview.creditsUsedOfDay),
      lettersOpen: overview.lettersOpen,
      lettersDead: overview.lettersDead,
      mailsWaiting: overview.mailsWaiting,
      mailsUndelivered: overview.mailsUndelivered,
      installations: overview.installations,
      unlinked: overview.installationsUnlinked,
      mute: overview.installationsMute,
    },
    // As a task goes through them.
    tasksOfDay: Object.entries(statusWords).flatMap(([status, words]) => {
      const tasks = overview.tasksOfDay[status as keyof typeof statusWords] ?? 0;
      return tasks === 0 ? [] : [{ status: words, tasks }];
    }),
    queue: queues.queue,
    outbox: { tasks: queues.outbox, oldest: queues.outboxOldest?.toISOString() ?? null },
    letters: queues.letters.map(({ platform, state, letters, oldest }) => ({ platform, state, letters, oldest: oldest.toISOString() })),
    channels: queues.closedChannels.map(({ platform, why, channels, oldest }) => ({
      platform,
      why: troubleFor(why).sentence,
      channels,
      oldest: oldest.toISOString(),
    })),
    inputs: { files: queues.inputs.files, oldest: queues.inputs.oldest?.toISOString() ?? null },
    workers: queues.workers.map(({ worker, attempts, leaseUntil }) => ({
      worker,
      attempts,
      leaseUntil: leaseUntil?.toISOString() ?? null,
    })),
    ledger: overview.ledger && { outcome: overview.ledger.outcome, at: overview.ledger.at.toISOString() },
  };
});

export const meta = titled(operatorWords.title);

export default function Overview() {
  const { health, numbers, tasksOfDay, queue, outbox, letters, channels, inputs, workers, ledger, sandboxPages } =
    useLoaderData<typeof loader>();
  return (
    <OperatorPage title={operatorWords.title} lead={operatorWords.lead}>
      <Card title="Services">
        <ul className="flex flex-wrap gap-x-6 gap-y-2">
          {health.map(({ part, ok, trouble }) => (
            <li key={part} className="flex min-w-0 flex-wrap items-center gap-2">
              {partName(part)} <Tag tone={ok ? 'good' : 'bad'}>{ok ? 'operational' : 'not responding'}</Tag>
              {trouble !== undefined && <span className="text-sm text-soft wrap-anywhere">{trouble}</span>}
            </li>
          ))}
        </ul>
      </Card>
      <Card title="Numbers">
        <dl className="grid grid-cols-2 gap-x-6 gap-y-5 sm:grid-cols-3 lg:grid-cols-4">
          <Figure label="Teams" value={numbers.teams.toLocaleString('en')} note={`${numbers.frozen} on hold, ${numbers.leaving} leaving`} />
          <Figure label="People" value={numbers.users.toLocaleString('en')} />
          <Figure label="Running tasks" value={numbers.live.toLocaleString('en')} />
          <Figure label="Credits used in a day" value={<Credits amount={numbers.usedOfDay} />} />
          <Figure label="Credits in wallets" value={<Credits amount={numbers.balance} />} />
          <Figure label="Reserved" value={<Credits amount={numbers.held} />} />
          <Figure
            label="Undelivered results"
            value={
              <Link to="/operator/undelivered" className="inline-block min-w-6 text-accent hover:underline">
                {numbers.lettersDead.toLocaleString('en')}
              </Link>
            }
            note={`${numbers.lettersOpen} on their way`}
          />
          <Figure
            label="Emails not sent"
            value={
              <Link to="/operator/mails" className="inline-block min-w-6 text-accent hover:underline">
                {numbers.mailsUndelivered.toLocaleString('en')}
              </Link>
            }
            note={`${numbers.mailsWaiting} on their way`}
          />
          <Figure
            label="Chat workspaces with the app"
            value={numbers.installations.toLocaleString('en')}
            note={`${numbers.unlinked} without a team, ${numbers.mute} must reinstall`}
          />
        </dl>
      </Card>
      <Card title="Tasks of the last day">
        {tasksOfDay.length === 0 ? (
          <p className="text-soft">No tasks.</p>
        ) : (
          <dl className="grid grid-cols-2 gap-x-6 gap-y-5 sm:grid-cols-3 lg:grid-cols-5">
            {tasksOfDay.map(({ status, tasks }) => (
              <Figure key={status} label={status} value={tasks.toLocaleString('en')} />
            ))}
          </dl>
        )}
      </Card>
      <Card title="Queue">
        <dl className="grid grid-cols-2 gap-x-6 gap-y-5 sm:grid-cols-3 lg:grid-cols-5">
          <Figure label="Waiting" value={queue.waiting} />
          <Figure label="Running" value={queue.active} />
          <Figure label="Delayed" value={queue.delayed} />
          <Figure label="Failed" value={queue.failed} />
          <Figure
            label="Not queued yet"
            value={outbox.tasks}
            {...(outbox.oldest !== null && { note: <Time at={outbox.oldest} style="ago" /> })}
          />
          <Figure
            label="Attachments to fetch"
            value={inputs.files}
            {...(inputs.oldest !== null && { note: <Time at={inputs.oldest} style="ago" /> })}
          />
        </dl>
        {workers.length === 0 ? (
          <p className="mt-5 text-sm text-soft">No tasks are running.</p>
        ) : (
          <ul className="mt-5 space-y-1 text-sm">
            {workers.map(({ worker, attempts, leaseUntil }) => (
              <li key={worker} className="wrap-anywhere">
                <span className="font-mono">{worker === '' ? 'nobody' : worker}</span>: {attempts} {attempts === 1 ? 'task' : 'tasks'}
                {leaseUntil !== null && (
                  <>
                    , lease until <Time at={leaseUntil} />
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
      </Card>
      {letters.length > 0 && (
        <Card title="Results being delivered" flush>
          <Table name="Results being delivered">
            <thead>
              <tr>
                <Th>Platform</Th>
                <Th>State</Th>
                <Th numeric>Results</Th>
                <Th>Oldest</Th>
              </tr>
            </thead>
            <tbody>
              {letters.map((line) => (
                <Tr key={`${line.platform} ${line.state}`}>
                  <Td>{platformName(line.platform)}</Td>
                  <Td>{line.state}</Td>
                  <Td numeric>{line.letters}</Td>
                  <Td>
                    <Time at={line.oldest} style="ago" />
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </Card>
      )}
      {channels.length > 0 && (
        <Card title="Channels that can’t be posted to" lead="Each is tried again when somebody asks there." flush>
          <Table name="Channels that can’t be posted to">
            <thead>
              <tr>
                <Th>Platform</Th>
                <Th>Why</Th>
                <Th numeric>Channels</Th>
                <Th>Oldest</Th>
              </tr>
            </thead>
            <tbody>
              {channels.map((line) => (
                <Tr key={`${line.platform} ${line.why}`}>
                  <Td>{platformName(line.platform)}</Td>
                  <Td>{line.why}</Td>
                  <Td numeric>{line.channels}</Td>
                  <Td>
                    <Time at={line.oldest} style="ago" />
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </Card>
      )}
      <Card title="Ledger">
        {ledger === null ? (
          <p className="text-soft">{operatorWords.noChecks}.</p>
        ) : (
          <p>
            <Tag tone={ledger.outcome === 'right' ? 'good' : ledger.outcome === 'wrong' ? 'bad' : 'warn'}>
              {checkOutcomes[ledger.outcome]}
            </Tag>{' '}
            <Time at={ledger.at} style="ago" />
          </p>
        )}
        <p className="words mt-3">
          <Link to="/operator/ledger">Check it now</Link>
        </p>
      </Card>
      {sandboxPages.length > 0 && (
        <Card title="Sandboxes" lead="Stand-ins for services that are not configured.">
          <ul className="words space-y-1">
            {sandboxPages.map(({ title, path }) => (
              <li key={path}>
                <a href={path}>{title}</a>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </OperatorPage>
  );
}
