// Changing what one logs in with: each of these asks the login engine, which asks for the password where there is one. Whoever
// confirmed who they are to get here has typed it there.

import { redirect } from 'react-router';
import { CONFIRMED_PASSWORD, confirmAddress } from '../confirm-identity.ts';
import type { Who } from '../visit.ts';
import { askAuth, backToForm, goTo } from '../front/ask-auth.ts';
import type { Visited } from '../visited.ts';

export interface Typed {
  text(name: string): string;
  untouched(name: string): string;
}

export async function keepMail(visit: Visited<Who>, form: Typed) {
  const newEmail = form.text('email');
  const said = await askAuth(visit, '/new-address', { newEmail, password: currentPassword(form, 'password') });
  return said.ok ? redirect('/settings?done=mail-sent') : backToForm(visit, 'mail', said, { values: { email: newEmail } });
}

export async function keepPassword(visit: Visited<Who>, form: Typed) {
  const said = await askAuth(visit, '/change-password', {
    currentPassword: currentPassword(form, 'current'),
    newPassword: form.untouched('password'),
    revokeOtherSessions: true,
  });
  // A new password is not written into a page, so it is typed again after the confirmation.
  if (said.body['code'] === 'LOGIN_CONFIRM') return redirect(confirmAddress('/settings?done=confirmed'));
  return said.ok ? goTo('/settings?done=password', said.cookies) : backToForm(visit, 'password', said);
}

export function currentPassword(form: Typed, name: string): string {
  return form.untouched(name) || form.untouched(CONFIRMED_PASSWORD);
}

/** For an account that has none yet: the link shows once more that the address is theirs. */
export async function sendPasswordLink(visit: Visited<Who>) {
  const said = await askAuth(visit, '/request-password-reset', { email: visit.loggedIn.email });
  return said.ok ? redirect('/settings?done=password-sent') : backToForm(visit, 'password-link', said);
}
