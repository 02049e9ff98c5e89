import { Link, useLoaderData, type MetaFunction } from 'react-router';
import { open } from '../guarded.ts';
import { sent } from '../texts/getting-in.ts';
import { Door } from './door.tsx';
import { readWaiting } from './waiting.ts';

export const meta: MetaFunction = () => [{ title: sent.link.title }, { name: 'robots', content: 'noindex' }];

export const loader = open(({ request }) => ({ mail: readWaiting(request.headers).mail }));

export default function LoginSent() {
  const { mail } = useLoaderData<typeof loader>();
  return (
    <Door title={sent.link.title} lead={sent.link.words} after={<Link to="/login">Back to log in</Link>}>
      {mail === null ? undefined : <p className="font-medium wrap-anywhere">{mail}</p>}
    </Door>
  );
}
