// Opens a file where a platform keeps it. Only the platform's own hosts are asked, also by redirects, and its token goes to no other
// host. A page instead of the file (a login page, mostly) is not taken for it.

import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { FetchError, type Fetched } from '#core/ports/fetcher.ts';

export interface RemoteFile {
  readonly url: string;
  /** Host names, with a port where it is not the usual one. */
  readonly hosts: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** As the platform said with the message. */
  readonly name: string;
  readonly mime: string;
  /** 0 where it does not say. */
  readonly sizeBytes: number;
  /** For a sandbox on loopback. */
  readonly insecure?: boolean;
}

const REDIRECTS_MOST = 3;

/** Rejects with a FetchError. The body ends with the signal. */
export async function openRemoteFile(file: RemoteFile, signal: AbortSignal): Promise<Fetched> {
  let url = allowed(file, file.url);
  for (let redirects = 0; ; redirects++) {
    const response = await ask(file, url, signal);
    const location = response.status >= 300 && response.status < 400 ? response.headers.get('Location') : null;
    if (location !== null) {
      await response.body?.cancel();
      if (redirects === REDIRECTS_MOST) throw new FetchError('never', 'unreachable', 'too many redirects');
      url = allowed(file, new URL(location, url).href);
      continue;
    }
    const trouble = troubleIn(response, file);
    if (trouble === null) return fetchedFrom(response, file);
    await response.body?.cancel();
    throw trouble;
  }
}

function allowed({ hosts, insecure = false }: RemoteFile, address: string): URL {
  const url = URL.parse(address);
  const isSafe = url !== null && (url.protocol === 'https:' || (insecure && url.protocol === 'http:'));
  if (!isSafe || url.username !== '' || !hosts.includes(url.host)) throw new FetchError('never', 'forbidden', 'not a host of the platform');
  return url;
}

async function ask({ headers }: RemoteFile, url: URL, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal, redirect: 'manual', headers: { ...headers } });
  } catch (cause) {
    throw new FetchError('later', 'unreachable', 'the platform did not answer', { cause });
  }
}

function troubleIn({ status, headers }: Response, { mime, sizeBytes }: RemoteFile): FetchError | null {
  if (status === 404 || status === 410) return new FetchError('never', 'gone', `answered ${status}`);
  if (status === 401 || status === 403) return new FetchError('never', 'forbidden', `answered ${status}`);
  if (status === 429) {
    const seconds = Number(headers.get('Retry-After') ?? 1);
    return new FetchError('later', 'unreachable', 'asked too often', { retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : 1000 });
  }
  if (status !== 200) return new FetchError('later', 'unreachable', `answered ${status}`);
  // Whoever attached it did not attach this.
  if (sizeBytes > 0 && headers.get('Content-Encoding') === null && Number(headers.get('Content-Length') ?? 0) > sizeBytes)
    return new FetchError('never', 'broken', 'larger than the platform said');
  const isPage = (headers.get('Content-Type') ?? '').startsWith('text/html');
  return isPage && !mime.startsWith('text/html') ? new FetchError('never', 'forbidden', 'answered with a page') : null;
}

function fetchedFrom({ body, headers }: Response, { name, mime, sizeBytes }: RemoteFile): Fetched {
  const length = Number(headers.get('Content-Length') ?? sizeBytes);
  const isWhole = headers.get('Content-Encoding') === null && Number.isInteger(length) && length > 0;
  return {
    body: body === null ? Readable.from([]) : Readable.fromWeb(body as ReadableStream),
    name,
    mime,
    sizeBytes: isWhole ? length : sizeBytes,
  };
}
