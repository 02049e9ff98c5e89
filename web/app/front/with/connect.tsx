// Somebody came with a chat account whose email address has an account here, and has logged in to that as before: now the two
// are connected, if they say so.

import { Link, useLoaderData, type MetaFunction } from 'react-router';
import { platformName } from '#core/domain/messages/platforms.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Form } from '../../components/form.tsx';
import { attempt, guarded, readForm } from '../../guarded.ts';
import { connectWords as words } from '../../texts/continue-with.ts';
import { askAuth, goTo, placeOf } from '../ask-auth.ts';
import { Door } from '../door.tsx';
import { backWith, wordIn } from './begin.ts';

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [
  { title: loaderData?.waiting ? words.title(platformName(loaderData.waiting.platform)) : words.over },
  { name: 'robots', content: 'noindex' },
];

export const loader = guarded('login', async ({ auth, request, loggedIn }) => {
  const waiting = await auth.waitingAccount(request.headers);
  return { waiting: waiting && { ...waiting, next: placeOf(waiting.next) }, you: { name: loggedIn.name, email: loggedIn.email } };
});

export const action = guarded('login', async (visit) => {
  const { intent, text } = await readForm(visit.request);
  return attempt(visit, intent, async () => {
    if (intent !== 'connect') throw refuse('request.malformed');
    const said = await askAuth(visit, '/continue-with/keep', {});
    return said.ok ? goTo(placeOf(wordIn(said, 'next')), said.cookies) : backWith(visit, said, text('platform'), intent);
  });
});

export default function ConnectLogin() {
  const { waiting, you } = useLoaderData<typeof loader>();
  if (waiting === null)
    return (
      <Door title={words.over} lead={words.overLead}>
        <LinkButton to="/settings" look="main" className="w-full">
          {words.settings}
        </LinkButton>
      </Door>
    );
  const { platform, name, workspaceName, next } = waiting;
  const called = platformName(platform);
  return (
    <Door
      title={words.title(called)}
      lead={words.lead(called)}
      after={
        <Link to={next} className="inline-flex min-h-11 items-center">
          {words.notNow}
        </Link>
      }
    >
      <Form intent="connect" className="space-y-5">
        <input type="hidden" name="platform" value={platform} />
        <dl className="space-y-3">
          <div>
            <dt className="text-sm text-soft">{called}</dt>
            <dd className="font-medium wrap-anywhere">
              {name}
              {workspaceName !== null && ` · ${workspaceName}`}
            </dd>
          </div>
          <div>
            <dt className="text-sm text-soft">{words.account}</dt>
            <dd className="font-medium wrap-anywhere">
              {you.name} · {you.email}
            </dd>
          </div>
        </dl>
        <Button look="main" intent="connect" busyWords="Connecting…" className="w-full">
          {words.connect(called)}
        </Button>
      </Form>
    </Door>
  );
}
