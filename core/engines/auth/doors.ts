// What of better-auth can be reached at all. It has more than we use: what would go past the audit log, tell a page's
// scripts a session's token, or change a person without a notice is left out.

const doors: Readonly<Record<string, 'GET' | 'POST'>> = {
  '/sign-up/email': 'POST',
  '/send-verification-email': 'POST',
  '/verify-email': 'GET',
  '/sign-in/email': 'POST',
  '/sign-in/magic-link': 'POST',
  '/magic-link/verify': 'GET',
  '/sign-out': 'POST',
  '/request-password-reset': 'POST',
  '/reset-password': 'POST',
  '/change-password': 'POST',
  '/change-email': 'POST',
  '/two-factor/enable': 'POST',
  '/two-factor/disable': 'POST',
  '/two-factor/verify-totp': 'POST',
  '/two-factor/verify-backup-code': 'POST',
  '/two-factor/generate-backup-codes': 'POST',
};

export function isDoor({ method, url }: Request): boolean {
  const { pathname } = new URL(url);
  const path = pathname.replace(/^\/api\/auth/, '');
  return pathname.startsWith('/api/auth/') && Object.hasOwn(doors, path) && doors[path] === method;
}
