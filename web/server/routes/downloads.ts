// Links in threads are ours and don't die: each click goes to an address that was signed just now.

import { pathPart, type Route } from '../route.ts';
import type { PartsFor } from '../parts.ts';

export function downloadRoutes({ app, keys }: PartsFor<'files'>): Route[] {
  return [
    {
      path: '/f/:token',
      async GET(request, response) {
        const actor = await keys.actorIfAny(request, response);
        const { url } = await app.files.openLink(pathPart(request, 'token'), actor);
        // No body: Express would repeat the signed address in one.
        response.status(302).set('Location', url).end();
      },
    },
  ];
}
