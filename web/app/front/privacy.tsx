import { useLoaderData, type MetaFunction } from 'react-router';
import { open } from '../guarded.ts';
import { Prose } from '../components/prose.tsx';

export const loader = open(({ brandName }) => ({ brandName }));

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [
  { title: `Privacy · ${loaderData?.brandName}` },
  { name: 'description', content: 'What data is stored about you, for how long, who can see it, and how to delete it.' },
];

export default function Privacy() {
  const { brandName } = useLoaderData<typeof loader>();
  return (
    <Prose title="Privacy">
      <p>What data {brandName} stores about you, for how long, who can see it, and how to export or delete it.</p>
      <h2>What we store</h2>
      <ul>
        <li>
          If you have an account: your name, your email address, a hash of your password, and the location and browser of each session.
        </li>
        <li>
          If you log in with Slack or Discord: your name, email address, account id and workspace there. We ask for nothing else, and keep
          no access to your account.
        </li>
        <li>
          If you use Slack or Discord: your id and name there, and your messages to the bot. Other messages in a channel are not stored.
        </li>
        <li>Your requests, results, and files, for as long as the team keeps them.</li>
        <li>Credit transactions, permanently: accounting records must not change. They contain ids, not names.</li>
        <li>An audit log of changes in each team, for its owners.</li>
        <li>
          If you buy credits: the pack, the price, and the date. Stripe handles the payment and keeps your card, your name and your email
          address; we never see the card’s number.
        </li>
      </ul>
      <h2>Who can see it</h2>
      <ul>
        <li>Members of your team can see its tasks. Its owners and admins can see the audit log.</li>
        <li>An agent receives your request, its attached files, and earlier messages in the same thread.</li>
        <li>The operator runs the product. They see the text of a request only when they open it, and the audit log records that.</li>
        <li>Server logs contain ids, never your messages, keys, or links.</li>
      </ul>
      <h2>Cookies</h2>
      <p>
        One keeps you logged in; two remember your time zone and your theme. One recognizes a browser that logged in before, so that
        strangers who guess your password can’t lock you out; it lasts 180 days and doesn’t log anyone in. While you wait for an emailed
        link, two remember its address and the page you came from. There are no others, and none from third parties. Unsent requests stay in
        your browser until you send them or log out.
      </p>
      <h2>Exporting and deleting your data</h2>
      <ul>
        <li>Owners can export all data of a team or delete the team, under Team, Data.</li>
        <li>You can delete your account under Settings. For 14 days you can cancel the deletion.</li>
        <li>
          Without an account: send <code>/privacy</code> to the bot in the chat where you used it. It replies with a link to erase your
          data.
        </li>
      </ul>
    </Prose>
  );
}
