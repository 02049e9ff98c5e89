// The first page of somebody who is new: what they have, and what to do with it.

import { Link, useLoaderData, type MetaFunction } from 'react-router';
import { asNumber, micro } from '#core/domain/credits/credits.ts';
import { may } from '#core/domain/team/permission.ts';
import { LinkButton } from '../components/button.tsx';
import { Credits } from '../components/format.tsx';
import { Notice } from '../components/notice.tsx';
import { guarded } from '../guarded.ts';
import { noStartingCredits } from '../texts/credits.ts';
import { welcome as words } from '../texts/front.ts';
import { Examples } from '../work/examples.tsx';
import { Door } from './door.tsx';

export const meta: MetaFunction = () => [{ title: 'Welcome' }];

export const loader = guarded('login', async ({ app, actor, loggedIn, brandName }) => ({
  name: loggedIn.name,
  available: asNumber(micro((await app.credits.balance(actor)).available)),
  withheld: await app.credits.startingCreditsWithheld(actor),
  examples: may(actor.role, 'tasks.ask') ? await app.tasks.examples(actor) : null,
  mayBuy: may(actor.role, 'credits.see'),
  brandName,
}));

export default function Welcome() {
  const { name, available, withheld, examples, mayBuy, brandName } = useLoaderData<typeof loader>();
  return (
    <Door
      title={name === '' ? 'Welcome' : `Welcome, ${name}`}
      lead={
        <>
          You have <Credits amount={available} /> credits. {(examples?.asks.length ?? 0) > 0 && words.start}
        </>
      }
      after={
        <p>
          Two-factor authentication protects your account if your password leaks. <Link to="/settings">Set it up in settings</Link>.
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
      {examples !== null && (
        <div className="@container">
          <Examples examples={examples} mayBuy={mayBuy} />
        </div>
      )}
      <LinkButton to="/dashboard" look="main" className="mt-5 w-full">
        Go to the dashboard
      </LinkButton>
    </Door>
  );
}
