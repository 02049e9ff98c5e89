// What search engines may show: the pages that are written for everybody. All other answers say `noindex`, since an address
// that was posted somewhere public may hold a working link to a file. robots.txt keeps engines from following such a link at
// all; the header is for those that follow it anyway.

import type { Request, Response } from 'express';

const indexed = ['/', '/docs/api', '/docs/security', '/terms', '/privacy', '/buy'];

export function keepFromCrawlers({ url }: Pick<Request, 'url'>, response: Response): void {
  if (!indexed.includes(url.split('?', 1)[0]!)) response.set('X-Robots-Tag', 'noindex');
}

/** `$` ends an address: `/privacy` does not stand for what is below it. Scripts and styles are needed to render the pages. */
export const robotsTxt = [
  'User-agent: *',
  ...indexed.map((path) => `Allow: ${path}$`),
  'Allow: /assets/',
  'Allow: /favicon.svg$',
  'Disallow: /',
  '',
].join('\n');
