// Ends this session, here and everywhere it is used, and goes to the front page.

import { redirect } from 'react-router';
import { open } from '../guarded.ts';

export const loader = open(() => redirect('/'));

export const action = open(async ({ auth, publicUrl, request }) => {
  const headers = new Headers(request.headers);
  headers.delete('content-length');
  headers.set('content-type', 'application/json');
  const answer = await auth.handle(new Request(`${publicUrl}/api/auth/sign-out`, { method: 'POST', headers, body: '{}' }), 'page');
  return redirect('/', { headers: answer.headers.getSetCookie().map((cookie) => ['Set-Cookie', cookie] as [string, string]) });
});
