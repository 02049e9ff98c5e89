// Answers of all teams that could not be posted, without their words.

import { MailCheck } from 'lucide-react';
import { Link, redirect, useLoaderData } from 'react-router';
import { platformName } from '#core/domain/messages/platforms.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button } from '../components/button.tsx';
import { Form } from '../components/form.tsx';
import { Time } from '../components/format.tsx';
import { Card, Empty } from '../components/page.tsx';
import { Pager } from '../components/pager.tsx';
import { Tag } from '../components/tag.tsx';
import { attempt, operators, readForm } from '../guarded.ts';
import { operatorWords } from '../texts/operator.ts';
import { OperatorPage, titled } from './nav.tsx';

const PAGE = 50;

export const loader = operators(async ({ app, actor, brandName, url }) => {
  const before = url.searchParams.get('before');
  const letters = await app.operator.undelivered(actor, { limit: PAGE + 1, ...(before !== null && { before }) });
  const page = letters.slice(0, PAGE);
  return {
    brandName,
    letters: page,
    first: before === null ? null : '/operator/undelivered',
    next: letters.length > PAGE ? `/operator/undelivered?before=${page.at(-1)!.cursor}` : null,
  };
});

export const action = operators(async (visit) => {
  const { app, actor, request } = visit;
  const { intent, text } = await readForm(request);
  return attempt(visit, intent, async () => {
    if (intent.split(' ')[0] !== 'again') throw refuse('request.malformed');
    await app.operator.sendAgain(actor, text('team'), text('id'));
    return redirect('/operator/undelivered?done=again');
  });
});

export const meta = titled(operatorWords.undelivered);

export default function Undelivered() {
  const { letters, first, next } = useLoaderData<typeof loader>();
  return (
    <OperatorPage title={operatorWords.undelivered}>
      <Card flush={letters.length > 0}>
        {letters.length === 0 ? (
          <Empty icon={<MailCheck />} title={operatorWords.noUndelivered}>
            {operatorWords.noUndeliveredLead}
          </Empty>
        ) : (
          <ul className="-mt-4 divide-y divide-hairline">
            {letters.map(({ id, teamId, taskId, kind, why, trouble, mayBePosted, platform, channel, at }) => (
              <li key={id} className="px-5 py-4 sm:px-6">
                <h2 className="flex flex-wrap items-center gap-2 font-medium">
                  {why.sentence} <Tag>{platformName(platform)}</Tag>
                </h2>
                <p className="words mt-1 text-sm text-soft wrap-anywhere">
                  {kind}, <Time at={at} style="ago" />
                  {channel !== null && `, ${channel}`}, <Link to={`/operator/teams/${teamId}`}>its team</Link>
                  {taskId !== null && <span className="font-mono text-xs">, {taskId}</span>}
                </p>
                {trouble !== null && <p className="mt-1 font-mono text-xs text-soft wrap-anywhere">{trouble}</p>}
                {!mayBePosted && (
                  <Form intent={`again ${id}`} className="mt-3">
                    <input type="hidden" name="id" value={id} />
                    <input type="hidden" name="team" value={teamId} />
                    <Button small>Send again</Button>
                  </Form>
                )}
              </li>
            ))}
          </ul>
        )}
        <Pager first={first} next={next} />
      </Card>
    </OperatorPage>
  );
}
