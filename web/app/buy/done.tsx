// Where people come back to from paying. Looking here fulfils the purchase, and logs nobody in: whoever has the address of this
// page may not be who paid.

import { Link, useLoaderData, type MetaFunction } from 'react-router';
import { LinkButton } from '../components/button.tsx';
import { formatNumber, useReader } from '../components/format.tsx';
import { shown } from '../credits/shown.ts';
import { Door } from '../front/door.tsx';
import { open } from '../guarded.ts';
import { buyWords, doneWords as words } from '../texts/buy.ts';

export const loader = open(async ({ app, who, url, caller, brandName }) => {
  const person = await who();
  const done = await app.billing.done(person?.actor ?? null, url.searchParams.get('checkout') ?? '', caller);
  return {
    brandName,
    here: url.pathname + url.search,
    isIn: person !== null,
    done: done.kind === 'paid' ? { ...done, credits: shown(done.credits) } : done,
  };
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [
  { title: `${words.meta} · ${loaderData?.brandName}` },
  { name: 'robots', content: 'noindex' },
];

export default function Done() {
  const { done, isIn, here } = useLoaderData<typeof loader>();
  const reader = useReader();
  if (done.kind === 'paid') {
    const { credits, team, mailedTo } = done;
    if (team === null && mailedTo !== null) return <Stranger credits={formatNumber(credits, reader)} mailedTo={mailedTo} isIn={isIn} />;
    return (
      <Door
        title={words.paid(formatNumber(credits, reader))}
        lead={team !== null ? words.inside(team) : words.elsewhere}
        after={
          <LinkButton to={team !== null ? '/credits' : isIn ? '/dashboard' : '/login'} look={team === null ? 'plain' : 'main'}>
            {team !== null ? 'View your credits' : isIn ? 'Dashboard' : 'Log in'}
          </LinkButton>
        }
      />
    );
  }
  const [title, lead] = words[done.kind];
  const waits = done.kind === 'pending' || done.kind === 'unclear';
  return (
    <Door
      title={title}
      lead={lead}
      after={
        waits ? (
          <LinkButton to={here} reloadDocument>
            Reload
          </LinkButton>
        ) : (
          <LinkButton to="/buy">{buyWords.title}</LinkButton>
        )
      }
    />
  );
}

/** Nobody is logged in here: the way to the credits is in the email. */
function Stranger({ credits, mailedTo, isIn }: { credits: string; mailedTo: string; isIn: boolean }) {
  return (
    <Door
      title={words.paid(credits)}
      lead={words.outside(mailedTo)}
      after={
        <>
          {words.haveOne}{' '}
          <Link to={isIn ? '/dashboard' : '/login'} className="inline-flex min-h-11 items-center text-accent underline underline-offset-2">
            {isIn ? 'Dashboard' : 'Log in'}
          </Link>
        </>
      }
    >
      <h2 className="text-lg font-semibold">{words.next}</h2>
      <ol className="mt-3 list-decimal space-y-2 pl-5">
        {words.steps(mailedTo).map((step) => (
          <li key={step} className="words wrap-anywhere">
            {step}
          </li>
        ))}
      </ol>
      <p className="mt-4 text-sm text-soft">{words.noMail}</p>
    </Door>
  );
}
