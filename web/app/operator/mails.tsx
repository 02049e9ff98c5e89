// Mails that were refused, or of which nobody knows whether they arrived.

import { MailCheck } from 'lucide-react';
import { redirect, useLoaderData } from 'react-router';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button } from '../components/button.tsx';
import { Form } from '../components/form.tsx';
import { Time } from '../components/format.tsx';
import { Card, Empty } from '../components/page.tsx';
import { Tag } from '../components/tag.tsx';
import { attempt, operators, readForm } from '../guarded.ts';
import { operatorWords } from '../texts/operator.ts';
import { OperatorPage, titled } from './nav.tsx';

export const loader = operators(async ({ app, actor, brandName }) => ({
  brandName,
  mails: (await app.operator.mails(actor)).map(({ createdAt, ...mail }) => ({ ...mail, createdAt: createdAt.toISOString() })),
}));

export const action = operators(async (visit) => {
  const { app, actor, request } = visit;
  const { intent, text } = await readForm(request);
  return attempt(visit, intent, async () => {
    if (intent.split(' ')[0] !== 'again') throw refuse('request.malformed');
    await app.operator.sendMail(actor, text('id'));
    return redirect('/operator/mails?done=again');
  });
});

export const meta = titled(operatorWords.mails);

export default function Mails() {
  const { mails } = useLoaderData<typeof loader>();
  return (
    <OperatorPage title={operatorWords.mails}>
      <Card flush={mails.length > 0}>
        {mails.length === 0 ? (
          <Empty icon={<MailCheck />} title={operatorWords.noMails}>
            {operatorWords.noMailsLead}
          </Empty>
        ) : (
          <ul className="-mt-4 divide-y divide-hairline">
            {mails.map(({ id, to, kind, state, trouble, tries, createdAt, canBeSentAgain }) => (
              <li key={id} className="px-5 py-4 sm:px-6">
                <h2 className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
                  {to} <Tag>{kind}</Tag> <Tag tone={state === 'dead' ? 'bad' : 'warn'}>{state === 'dead' ? 'not sent' : 'unknown'}</Tag>
                </h2>
                <p className="mt-1 text-sm text-soft">
                  <Time at={createdAt} />, {tries} {tries === 1 ? 'try' : 'tries'}
                </p>
                {trouble !== null && <p className="mt-1 text-sm wrap-anywhere">{trouble}</p>}
                {canBeSentAgain && (
                  <Form intent={`again ${id}`} className="mt-3">
                    <input type="hidden" name="id" value={id} />
                    {state === 'unknown' && <p className="mb-2 text-sm text-soft">{operatorWords.unsureMail}</p>}
                    <Button small>Send again</Button>
                  </Form>
                )}
              </li>
            ))}
          </ul>
        )}
      </Card>
    </OperatorPage>
  );
}
