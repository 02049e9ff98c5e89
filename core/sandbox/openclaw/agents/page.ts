// Fetches one page of the public web, and nothing else: not this machine, not its network, and not what a redirect or a name
// server would like us to reach. Each address is checked after it was resolved, and exactly that address is connected to.

import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import ipaddr from 'ipaddr.js';

export interface Page {
  /** Where it really came from, after redirects. */
  readonly url: string;
  readonly mime: string;
  readonly text: string;
}

/** Why a page was not fetched, as a sentence. */
export class PageRefused extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'PageRefused';
  }
}

export interface PageOptions {
  readonly signal: AbortSignal;
  /** Pages or origins on loopback that may be fetched all the same: those of a test. A page elsewhere cannot lead there. */
  readonly loopbackPages: readonly string[];
  readonly resolve?: (host: string) => Promise<string[]>;
  readonly isPublic?: (address: string) => boolean;
}

export const pageLimits = { bytes: 5_000_000, timeoutMs: 15_000, redirects: 5 } as const;
const types = new Set(['text/html', 'application/xhtml+xml', 'text/plain']);

export async function fetchPage(address: string, options: PageOptions): Promise<Page> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(pageLimits.timeoutMs)]);
  let url = parse(address);
  const isPublic = options.isPublic ?? isOnPublicWeb;
  let beenOutside = false;
  for (let redirects = 0; redirects <= pageLimits.redirects; redirects++) {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const addresses = ipaddr.isValid(host) ? [host] : await (options.resolve ?? resolveAll)(host);
    if (addresses.length === 0) throw new PageRefused(`There is no site called ${host}.`);
    const isNamed = !beenOutside && options.loopbackPages.some((page) => page === url.href || page === url.origin);
    // One private address among public ones is as bad as all: which of them is taken is not ours to say later.
    for (const address of addresses) {
      if (!(isPublic(address) || (isNamed && isLoopback(address))))
        throw new PageRefused(`${host} is not on the public web, so it is not fetched.`);
    }
    beenOutside ||= isPublic(addresses[0]!);
    const answer = await get(url, addresses[0]!, signal);
    if (!('location' in answer)) return answer;
    url = parse(answer.location, url);
  }
  throw new PageRefused(`${address} leads from one address to the next without end.`);
}

function parse(address: string, base?: URL): URL {
  const url = URL.parse(address, base?.href);
  if (url === null) throw new PageRefused(`${address} is not an address.`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new PageRefused(`${url.protocol} addresses are not fetched.`);
  if (url.username !== '' || url.password !== '') throw new PageRefused('Addresses with a password in them are not fetched.');
  return url;
}

async function resolveAll(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
  } catch (error) {
    throw new PageRefused(`There is no site called ${host}.`, { cause: error });
  }
}

/** Whatever has a special use (private, link-local, carrier, multicast, translated, reserved, documentation …) is not. */
function isOnPublicWeb(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  // Of IPv6, only 2000::/3 is given to the public; what the table does not know elsewhere may mean anything.
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).parts[0]! >> 13 === 1);
}

function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

async function get(url: URL, address: string, signal: AbortSignal): Promise<Page | { location: string }> {
  const family = ipaddr.parse(address).kind() === 'ipv6' ? 6 : 4;
  // The name is not looked up again: between two look-ups its answer may change.
  const pinned: LookupFunction = (_host, lookupOptions, done) =>
    lookupOptions.all ? done(null, [{ address, family }]) : done(null, address, family);
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const request = (url.protocol === 'https:' ? https : http).get(url, {
    lookup: pinned,
    signal,
    agent: false,
    headers: {
      'user-agent': 'impacter-sandbox-agent (one page, on request)',
      accept: 'text/html, text/plain;q=0.8',
      'accept-encoding': 'gzip, deflate, br',
    },
  });
  request.once('response', resolve);
  request.once('error', reject);
  try {
    const response = await promise;
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (status >= 300 && status < 400 && location !== undefined) return { location };
    if (status !== 200) throw new PageRefused(`${url.host} answered ${status}.`);
    const mime = (response.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
    if (!types.has(mime)) throw new PageRefused(`${url.href} is ${mime || 'of no known type'}, not a page.`);
    return { url: url.href, mime, text: decode(await readBody(response), response.headers['content-type'] ?? '') };
  } catch (error) {
    if (error instanceof PageRefused) throw error;
    throw new PageRefused(signal.aborted ? `${url.host} took too long.` : `${url.host} could not be reached.`, { cause: error });
  } finally {
    request.destroy();
  }
}

async function readBody(response: http.IncomingMessage): Promise<Buffer> {
  const unpack = unpackers.get(response.headers['content-encoding'] ?? '');
  // Where the one ends, by our deadline too, so does the other; how, is heard by whoever reads.
  const body = unpack === undefined ? response : pipeline(response, unpack(), () => undefined);
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Counted after unpacking: a small answer can unpack to a huge one.
  for await (const chunk of body) {
    bytes += (chunk as Buffer).length;
    if (bytes > pageLimits.bytes) throw new PageRefused(`The page is larger than ${pageLimits.bytes / 1_000_000} MB.`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

const unpackers = new Map([
  ['gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

function decode(bytes: Buffer, contentType: string): string {
  const charset =
    /charset=["']?([\w-]+)/i.exec(contentType)?.[1] ??
    /<meta[^>]+charset=["']?([\w-]+)/i.exec(bytes.subarray(0, 2_000).toString('latin1'))?.[1];
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}
