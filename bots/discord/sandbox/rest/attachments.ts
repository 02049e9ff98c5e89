// Addresses of files are made anew. Discord documents this call for nobody; the order of a refusal plays a Discord that keeps it from bots.

import { invalid } from '../no.ts';
import { ok, type Route } from './route.ts';

const mostAddresses = 50;

export const attachmentRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/attachments/refresh-urls',
    as: 'bot',
    limit: { name: 'refresh', most: 50, inMs: 5_000 },
    bind({ world: { state, shelf } }) {
      return ({ attachment_urls: urls }) => {
        if (!Array.isArray(urls) || urls.length === 0 || urls.length > mostAddresses || urls.some((url) => typeof url !== 'string'))
          throw invalid([
            { path: ['attachment_urls'], code: 'BASE_TYPE_BAD_LENGTH', message: `Must be between 1 and ${mostAddresses} in length.` },
          ]);
        const refreshed = (urls as string[]).map((original) => {
          const file = state.get('attachments', /\/attachments\/\d+\/(\d+)\//.exec(original)?.[1] ?? '');
          return { original, refreshed: file === undefined ? null : shelf.addressOf(file) };
        });
        return () => ok({ refreshed_urls: refreshed });
      };
    },
  },
];
