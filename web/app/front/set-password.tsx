import { useLoaderData, type MetaFunction } from 'react-router';
import { open } from '../guarded.ts';
import { ChoosePassword, choosePassword } from './choose-password.tsx';

export const meta: MetaFunction = () => [{ title: 'Choose your password' }, { name: 'robots', content: 'noindex' }];

export const loader = open(({ url }) => ({ token: url.searchParams.get('token') ?? '' }));

export const action = open((visit) => choosePassword(visit, '/login?done=password&next=/welcome'));

export default function SetPassword() {
  const { token } = useLoaderData<typeof loader>();
  return <ChoosePassword title="Choose your password" lead="With it, your account is ready." token={token} />;
}
