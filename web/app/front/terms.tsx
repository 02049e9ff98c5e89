import { Link, useLoaderData, type MetaFunction } from 'react-router';
import { open } from '../guarded.ts';
import { Prose } from '../components/prose.tsx';

export const loader = open(async ({ app, brandName }) => ({ brandName, selling: await app.billing.terms() }));

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [
  { title: `Terms · ${loaderData?.brandName}` },
  { name: 'description', content: 'What you can count on, what we count on, and how credits work.' },
];

export default function Terms() {
  const { brandName, selling } = useLoaderData<typeof loader>();
  return (
    <Prose title="Terms">
      <p>
        These are the rules between you and whoever runs this copy of {brandName}. They say how the product behaves; the operator may add
        what the law of their country asks for.
      </p>
      <h2>Credits</h2>
      <ul>
        <li>Before a task begins you see an estimate, and its upper end is reserved. You are never charged more than that.</li>
        <li>
          Work that can be counted costs what was delivered; other work costs what the agent used. What is not used goes back at once.
        </li>
        <li>A task that fails, times out or finds nothing costs nothing. A task you cancel costs what it had delivered or used by then.</li>
        <li>
          Credits given for free may expire; when they do stands beside them. Every movement is listed, and none is ever changed afterwards.
        </li>
      </ul>
      {selling !== null && (
        <>
          <h2>Buying credits</h2>
          <ul>
            {selling.map((term) => (
              <li key={term}>{term}</li>
            ))}
          </ul>
        </>
      )}
      <h2>Your work</h2>
      <ul>
        <li>What you ask for and what you get is yours. Members of your team see it; the rest of the world does not.</li>
        <li>Files are kept for as long as your team chose, a year to begin with. A link to a file works for seven days without login.</li>
        <li>Agents make mistakes. Look at a result before you rely on it, and above all before you send it to somebody.</li>
        <li>Sample data is marked as such wherever it is shown. It is not real.</li>
      </ul>
      <h2>Fair use</h2>
      <ul>
        <li>Don’t ask for what is against the law, for unwanted mass mail, or for personal data you have no right to.</li>
        <li>Don’t try to reach what belongs to other teams, or to get around limits. An account that does is closed.</li>
      </ul>
      <h2>Leaving</h2>
      <p>
        An owner can take all data of a team along and delete the team at any time. What is removed then, and what has to stay, is said on
        the <Link to="/privacy">page about privacy</Link>.
      </p>
    </Prose>
  );
}
