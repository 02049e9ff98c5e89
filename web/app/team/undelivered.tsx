// Answers that could not be posted: why, and what to do about each.

import { MailCheck } from 'lucide-react';
import { Link, redirect, useLoaderData, type MetaFunction } from 'react-router';
import { platformName } from '#core/domain/messages/platforms.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { SelectField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Time } from '../components/format.tsx';
import { Card, Empty } from '../components/page.tsx';
import { Pager } from '../components/pager.tsx';
import { Tag } from '../components/tag.tsx';
import { attempt, guarded, readForm } from '../guarded.ts';
import { undeliveredWords } from '../texts/custody.ts';
import { Named } from './named.tsx';
import { TeamPage } from './nav.tsx';

const PAGE = 25;

export const loader = guarded('letters.resend', async ({ app, actor, url, brandName }) => {
  const before = url.searchParams.get('before');
  const [letters, places] = await Promise.all([
    app.messages.undelivered(actor, { limit: PAGE + 1, ...(before !== null && { before }) }),
    app.messages.placesElsewhere(actor),
  ]);
  const page = letters.slice(0, PAGE);
  return {
    brandName,
    letters: page,
    places,
    first: before === null ? null : '/team/undelivered',
    next: letters.length > PAGE ? `/team/undelivered?before=${page.at(-1)!.cursor}` : null,
  };
});

export const action = guarded('letters.resend', async (visit) => {
  const { app, actor, request } = visit;
  const { intent, text } = await readForm(request);
  return attempt(visit, intent, async () => {
    const [act] = intent.split(' ');
    switch (act) {
      case 'again':
      case 'twice':
        await app.messages.sendAgain(actor, text('id'), { evenIfTwice: act === 'twice' });
        return redirect('/team/undelivered?done=again');
      case 'elsewhere':
        await app.messages.sendElsewhere(actor, text('id'), text('to'));
        return redirect('/team/undelivered?done=elsewhere');
      case 'seen':
        await app.messages.markUndeliveredSeen(actor, [text('id')]);
        return redirect('/team/undelivered?done=seen');
      default:
        throw refuse('request.malformed');
    }
  });
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `Undelivered · ${loaderData?.brandName}` }];

export default function Undelivered() {
  const { letters, first, next } = useLoaderData<typeof loader>();
  return (
    <TeamPage title={undeliveredWords.title} lead={undeliveredWords.lead}>
      <Card flush={letters.length > 0}>
        {letters.length === 0 ? (
          <Empty icon={<MailCheck />} title={undeliveredWords.none}>
            {undeliveredWords.noneLead}
          </Empty>
        ) : (
          <ul className="-mt-4 divide-y divide-hairline">
            {letters.map((letter) => (
              <Letter key={letter.id} letter={letter} />
            ))}
          </ul>
        )}
        <Pager first={first} next={next} />
      </Card>
    </TeamPage>
  );
}

type LetterData = ReturnType<typeof useLoaderData<typeof loader>>['letters'][number];

function Letter({ letter }: { letter: LetterData }) {
  const { id, taskId, title, words, why, mayBePosted, posts, platform, channel, at } = letter;
  const name = title ?? words;
  return (
    <li className="px-5 py-5 sm:px-6">
      <h2 className="words font-medium wrap-anywhere">{taskId === null ? name : <Link to={`/tasks/${taskId}`}>{name}</Link>}</h2>
      {title !== null && <p className="text-sm text-soft wrap-anywhere">{words}</p>}
      <p className="mt-2 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-soft">
        <Tag>{platformName(platform)}</Tag>
        {channel !== null && <span className="wrap-anywhere">{channel}</span>}
        <Time at={at} style="ago" />
        {posts > 1 && <span>{posts} posts</span>}
      </p>
      <p className="mt-2">
        {why.sentence} <span className="text-soft">{why.wayForward}</span>
      </p>
      <div className="mt-3 flex flex-wrap items-start gap-2">
        {mayBePosted ? <SendTwice id={id} name={name} /> : <SendAgain id={id} name={name} />}
        <Elsewhere id={id} name={name} />
        <Form intent={`seen ${id}`}>
          <input type="hidden" name="id" value={id} />
          <Button small look="quiet" title={undeliveredWords.seen}>
            <Named short="Dismiss" rest={name} />
          </Button>
        </Form>
      </div>
    </li>
  );
}

function SendAgain({ id, name }: { id: string; name: string }) {
  return (
    <Form intent={`again ${id}`}>
      <input type="hidden" name="id" value={id} />
      <Button small>
        <Named short="Send again" rest={name} />
      </Button>
    </Form>
  );
}

/** It could be seen twice: that is said before it happens. */
function SendTwice({ id, name }: { id: string; name: string }) {
  const problem = useProblem(`twice ${id}`);
  return (
    <Confirm label={<Named short="Send again …" rest={name} />} look="plain" small open={problem !== null} className="max-w-prose">
      <Form intent={`twice ${id}`}>
        <input type="hidden" name="id" value={id} />
        <p className="mb-3 text-sm">{undeliveredWords.twice}</p>
        <Button small>Send again</Button>
      </Form>
    </Confirm>
  );
}

function Elsewhere({ id, name }: { id: string; name: string }) {
  const { places } = useLoaderData<typeof loader>();
  const problem = useProblem(`elsewhere ${id}`);
  return (
    <Confirm label={<Named short="Send elsewhere …" rest={name} />} look="plain" small open={problem !== null} className="max-w-full">
      <Form intent={`elsewhere ${id}`} className="space-y-3">
        <input type="hidden" name="id" value={id} />
        <SelectField label={undeliveredWords.elsewhere} name="to" hint={undeliveredWords.elsewhereLead} defaultValue="web">
          <option value="web">{undeliveredWords.inPortal}</option>
          {places.map(({ conversationId, platform, channel, title }) => (
            <option key={conversationId} value={conversationId}>
              {[platformName(platform), channel, title].filter((each) => each !== null).join(' · ')}
            </option>
          ))}
        </SelectField>
        <Button small>Send result</Button>
      </Form>
    </Confirm>
  );
}
