import { Link, useLoaderData, type MetaFunction } from 'react-router';
import { open } from '../guarded.ts';
import { Prose } from '../components/prose.tsx';

export const loader = open(async ({ app, brandName }) => ({ brandName, selling: await app.billing.terms() }));

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [
  { title: `Terms · ${loaderData?.brandName}` },
  { name: 'description', content: 'What you can expect, what we expect, and how credits work.' },
];

export default function Terms() {
  const { brandName, selling } = useLoaderData<typeof loader>();
  return (
    <Prose title="Terms">
      <p>
        These terms apply between you and the operator of this copy of {brandName}. They describe how the product behaves; the operator may
        add terms that local law requires.
      </p>
      <h2>Credits</h2>
      <ul>
        <li>Each task shows an estimate, and its maximum is reserved. You are never charged more than that.</li>
        <li>
          Countable work is charged by what was delivered; other work by what the agent used. Unused credits are returned immediately.
        </li>
        <li>A task that fails, times out, or finds nothing is free. A task you cancel costs what it had delivered or used by then.</li>
        <li>Free credits may expire; the Credits page shows when. Every transaction is listed and never changed afterwards.</li>
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
        <li>Your requests and results belong to you. Only members of your team can see them.</li>
        <li>
          Files are kept for as long as your team chooses, one year by default. A link to a file works for seven days without logging in.
        </li>
        <li>Agents make mistakes. Check a result before you rely on it or send it to anyone.</li>
        <li>Sample data is marked as such wherever it is shown. It is not real.</li>
      </ul>
      <h2>Fair use</h2>
      <ul>
        <li>Don’t request anything illegal, unsolicited bulk email, or personal data that you have no right to.</li>
        <li>Don’t try to access other teams’ data or get around limits. Accounts that do are closed.</li>
      </ul>
      <h2>Leaving</h2>
      <p>
        An owner can export all data of a team and delete the team at any time. The <Link to="/privacy">privacy page</Link> says what is
        deleted and what must be kept.
      </p>
    </Prose>
  );
}
