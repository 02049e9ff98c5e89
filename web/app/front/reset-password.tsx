import { useLoaderData, type MetaFunction } from 'react-router';
import { open } from '../guarded.ts';
import { ChoosePassword, choosePassword } from './choose-password.tsx';

export const meta: MetaFunction = () => [{ title: 'Choose a new password' }, { name: 'robots', content: 'noindex' }];

export const loader = open(({ url }) => ({ token: url.searchParams.get('token') ?? '' }));

export const action = open((visit) =>
  choosePassword(visit, `/login?done=password&next=${encodeURIComponent('/settings/keys?after=reset')}`),
);

export default function ResetPassword() {
  const { token } = useLoaderData<typeof loader>();
  return (
    <ChoosePassword title="Choose a new password" lead="Every browser that is logged in now will have to log in again." token={token} />
  );
}
