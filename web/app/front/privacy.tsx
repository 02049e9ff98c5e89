import { useLoaderData, type MetaFunction } from 'react-router';
import { open } from '../guarded.ts';
import { Prose } from '../components/prose.tsx';

export const loader = open(({ brandName }) => ({ brandName }));

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [
  { title: `Privacy · ${loaderData?.brandName}` },
  { name: 'description', content: 'What is kept about you, for how long, who sees it, and how to have it removed.' },
];

export default function Privacy() {
  const { brandName } = useLoaderData<typeof loader>();
  return (
    <Prose title="Privacy">
      <p>What {brandName} keeps about you, why, for how long, and how you get it or have it removed.</p>
      <h2>What is kept</h2>
      <ul>
        <li>
          If you have an account: your name, your email address, a hash of your password, and where and with which browser you are logged
          in.
        </li>
        <li>
          If you ask in Slack or Discord: the id and the name you have there, and what you said to the bot. Nothing else of a channel is
          read.
        </li>
        <li>Your requests, the answers, and the files, for as long as the team keeps them.</li>
        <li>Each movement of credits, without an end: books must stay as they are. They name ids, not people.</li>
        <li>Who changed what in a team, so that its owners can look it up.</li>
        <li>
          If you buy credits: which pack, for how much and when. Stripe handles the payment and keeps your card, your name and your email
          address; we never see the card’s number.
        </li>
      </ul>
      <h2>Who sees it</h2>
      <ul>
        <li>Members of your team see the tasks of the team. Its owners and admins see who did what.</li>
        <li>An agent gets the request, the files that came with it, and what was said before in the same thread.</li>
        <li>The operator keeps the product running. What people wrote is not shown there unless it is opened, and opening it is noted.</li>
        <li>Logs hold ids. What you wrote, your keys and your links are not in them.</li>
      </ul>
      <h2>Cookies</h2>
      <p>
        One keeps you logged in; two remember your time zone and whether you like it dark. One recognizes a browser that logged in before,
        so that strangers who guess your password don’t keep you waiting; it lasts 180 days and doesn’t log anybody in. While you wait for a
        link, two remember which address it was sent to and where you were going. There are no others, and none from third parties.
      </p>
      <h2>Taking it along, and having it removed</h2>
      <ul>
        <li>An owner can take along everything of a team, and delete the team: under Team, Data.</li>
        <li>Everybody can delete their own account: under Settings. For fourteen days it can be taken back.</li>
        <li>
          Without an account: ask the bot for a link, by writing <code>/privacy</code> to it where you talked to it. The link shows that it
          is you, and what is kept about you is removed from there.
        </li>
      </ul>
    </Prose>
  );
}
