// Headers that every answer carries. A page that needs more than its own words and style sets its own policy.

import type { Response } from 'express';

export function secure(response: Response, { https }: { https: boolean }): void {
  response.set({
    'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    // Our addresses hold ids and links; no other site needs to learn them.
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Cache-Control': 'no-store',
  });
  if (https) response.set('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
}
