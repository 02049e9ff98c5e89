// Addresses that others look for on every site: where to report a security problem (RFC 9116), where a password manager
// leads somebody who wants to change a password, and what search engines may read.

import { refuse } from '#core/domain/refusals/refusal.ts';
import { robotsTxt } from '../requests/crawlers.ts';
import type { Route } from '../route.ts';
import type { Parts } from '../parts.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Whoever keeps a copy looks again by then. The RFC wants less than a year. */
const GOOD_FOR_MS = 90 * DAY_MS;

export function wellKnownRoutes(
  { publicUrl, nowMs }: Pick<Parts, 'publicUrl' | 'nowMs'>,
  { securityContacts, hasPortal }: { securityContacts: readonly string[]; hasPortal: boolean },
): Route[] {
  return [
    {
      path: '/.well-known/security.txt',
      GET(_request, response) {
        // Nobody's address is published unless they said so.
        if (securityContacts.length === 0) throw refuse('route.unknown');
        const expires = new Date(Math.floor((nowMs() + GOOD_FOR_MS) / DAY_MS) * DAY_MS);
        const lines = [
          ...securityContacts.map((contact) => `Contact: ${contact}`),
          `Expires: ${expires.toISOString()}`,
          'Preferred-Languages: en',
          `Policy: ${publicUrl}/docs/security`,
          `Canonical: ${publicUrl}/.well-known/security.txt`,
        ];
        response.type('text/plain').send(`${lines.join('\n')}\n`);
      },
    },
    {
      path: '/.well-known/change-password',
      GET(_request, response) {
        if (!hasPortal) throw refuse('route.unknown');
        response.redirect(303, `${publicUrl}/settings`);
      },
    },
    {
      path: '/robots.txt',
      GET(_request, response) {
        response.type('text/plain').send(robotsTxt);
      },
    },
  ];
}
