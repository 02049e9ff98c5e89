// The first page of somebody who is new: what they have, and what to do with it.

import { Link, useLoaderData, type MetaFunction } from 'react-router';
import { asNumber, micro } from '#core/domain/credits.ts';
import { LinkButton } from '../components/button.tsx';
import { Credits } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { guarded } from '../guarded.ts';
import { noStartingCredits } from '../texts/credits.ts';
import { Door } from './door.tsx';

export const meta: MetaFunction = () => [{ title: 'Welcome' }];

export const loader = guarded('login', async ({ app, actor, loggedIn, brandName }) => ({
  name: loggedIn.name,
  available: asNumber(micro((await app.balance(actor)).available)),
  withheld: await app.startingCreditsWithheld(actor),
  brandName,
}));

const firstAsks = [
  'find me 100 leads in Miami',
  'write a blog post about how small shops use AI',
  'research three competitors of a bike rental in Lisbon',
] as const;

export default function Welcome() {
  const { name, available, withheld, brandName } = useLoaderData<typeof loader>();
  return (
    <Door
      title={name === '' ? 'Welcome' : `Welcome, ${name}`}
      lead={
        <>
          You have <Credits amount={available} /> credits. Ask for a first piece of work: you see what it costs before it begins.
        </>
      }
      after={
        <p>
          A second factor keeps your account yours also when a password gets out. <Link to="/settings">Set it up in the settings</Link>.
        </p>
      }
    >
      {withheld !== null && (
        <Notice title={noStartingCredits.title} className="mb-5">
          <p>
            {noStartingCredits.why[withheld]} {noStartingCredits.forward(brandName)}
          </p>
        </Notice>
      )}
      <ul className="space-y-2">
        {firstAsks.map((ask) => (
          <li key={ask}>
            <Link
              to={`/dashboard?ask=${encodeURIComponent(ask)}`}
              className="flex min-h-11 items-center rounded-control border border-hairline px-3.5 py-2 hover:bg-sunken"
            >
              {ask}
            </Link>
          </li>
        ))}
      </ul>
      <LinkButton to="/dashboard" look="main" className="mt-5 w-full">
        Ask for something else
      </LinkButton>
    </Door>
  );
}
