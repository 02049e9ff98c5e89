import type { IncomingMessage } from 'node:http';

/** A form of ours comes from a page of ours. Cookies alone would let any site act for whoever visits it. */
export function isOurOwn({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>, publicUrl: string): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  // A browser that was told to name no referrer names no origin of a form either, but still says where it came from.
  if (headers.origin !== undefined && headers.origin !== 'null') return headers.origin === new URL(publicUrl).origin;
  return headers['sec-fetch-site'] === 'same-origin';
}
