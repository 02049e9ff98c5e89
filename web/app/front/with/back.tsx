// Where a platform sends the browser back to. All goes on from here; the page is seen only by whoever could not be logged in.

import { data, Link, useLoaderData, type MetaFunction } from 'react-router';
import { isOwnPath } from '#core/domain/accounts/own-address.ts';
import { platformName } from '#core/domain/messages/platforms.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button } from '../../components/button.tsx';
import { Form, useProblem } from '../../components/form.tsx';
import { Notice } from '../../components/notice.tsx';
import { attempt, open, readForm } from '../../guarded.ts';
import { continueWith as words } from '../../texts/continue-with.ts';
import { askAuth, goTo, placeOf, withNext } from '../ask-auth.ts';
import { Door } from '../door.tsx';
import { stopWaiting } from '../waiting.ts';
import { anyProblemWith, beginWith, wordIn } from './begin.ts';
import { CONTINUE } from './buttons.tsx';

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [
  { title: words.title(platformName(loaderData?.platform ?? '')) },
  { name: 'robots', content: 'noindex' },
];

const given = ['state', 'code', 'error', 'iss'] as const;

export const loader = open(async (visit) => {
  const { auth, params, url, publicUrl, requestId } = visit;
  const platform = params['platform'] ?? '';
  if (!auth.platforms.includes(platform)) throw refuse('route.unknown');
  const { searchParams } = url;
  const query = new URLSearchParams({ platform, ...Object.fromEntries(given.map((name) => [name, searchParams.get(name) ?? ''])) });
  const said = await askAuth(visit, `/continue-with/back?${query.toString()}`);
  // A second factor is asked for.
  if (said.location?.startsWith(`${publicUrl}/`)) throw goTo(said.location.slice(publicUrl.length), said.cookies);
  const next = placeOf(wordIn(said, 'next'));
  if (said.ok) throw goTo(next, said.cookies, stopWaiting(visit));
  if (said.body['code'] === 'ACCOUNT_EXISTS')
    throw goTo(`/login?found=${platform}&next=${encodeURIComponent('/login/connect')}`, said.cookies);
  const connecting = said.body['connecting'] === true;
  return data(
    { platform, next, connecting, problem: anyProblemWith(said, platform, requestId), code: wordIn(said, 'code') },
    { status: said.status },
  );
});

export const action = open(async (visit) => {
  const platform = visit.params['platform'] ?? '';
  const form = await readForm(visit.request);
  return attempt(visit, CONTINUE, async () => {
    if (form.intent !== CONTINUE) throw refuse('request.malformed');
    const next = placeOf(form.text('next'));
    return beginWith(visit, { platform, next, intent: CONTINUE, connect: form.text('connecting') === 'yes' });
  });
});

/** The address works once. */
export function shouldRevalidate(): boolean {
  return false;
}

export default function BackFromPlatform() {
  const { platform, next, connecting, problem, code } = useLoaderData<typeof loader>();
  const again = useProblem(CONTINUE);
  const mayStartAgain = !['PLATFORM_LOGGED_OUT', 'PLATFORM_MAIL_NEEDED', 'SIGN_UPS_CLOSED'].includes(code);
  const needsAddress = ['PLATFORM_NO_EMAIL', 'PLATFORM_UNVERIFIED', 'PLATFORM_MAIL_NEEDED'].includes(code);
  return (
    <Door
      title={words.title(platformName(platform))}
      after={
        <ul className="space-y-1">
          <li>{connecting ? <Link to="/settings">{words.settings}</Link> : <Link to={withNext('/login', next)}>{words.otherWay}</Link>}</li>
          {needsAddress && (
            <li>
              <Link to={withNext('/signup', next)}>{words.signUp}</Link>
            </li>
          )}
        </ul>
      }
    >
      {again === null && (
        <Notice tone={code === 'PLATFORM_DENIED' ? 'info' : 'bad'} title={problem.sentence} live>
          <p>{problem.wayForward}</p>
        </Notice>
      )}
      {mayStartAgain && (
        <Form intent={CONTINUE} action={`/login/with/${platform}`} className="mt-5">
          <input type="hidden" name="next" value={isOwnPath(next) ? next : '/dashboard'} />
          {connecting && <input type="hidden" name="connecting" value="yes" />}
          <Button look="main" intent={CONTINUE} busyWords="One moment…" className="w-full">
            {words.again}
          </Button>
        </Form>
      )}
    </Door>
  );
}
