// In production an address outside of this machine is encrypted. Which hosts an address may name without it depends on what
// goes over the connection and who has to reach it; the README's table says why.

import { readDatabaseAddress } from './database-address.ts';

export type PlainHosts = 'this machine' | 'a host in a private network';

interface Rule {
  readonly to: PlainHosts;
  readonly because: string;
}

const ownBrowser = 'nobody is between a browser and its own machine';
const standIn = 'a stand-in on this machine has no certificate';
const ownNetwork = 'servers in a private network often have no certificate';

export const plainAddresses = {
  DATABASE_URL: { to: 'a host in a private network', because: ownNetwork },
  REDIS_URL: { to: 'a host in a private network', because: ownNetwork },
  PUBLIC_URL: { to: 'this machine', because: ownBrowser },
  LEAKED_PASSWORDS_URL: { to: 'this machine', because: standIn },
  SLACK_API_URL: { to: 'this machine', because: standIn },
  DISCORD_API_URL: { to: 'this machine', because: standIn },
  OPENCLAW_URL: { to: 'a host in a private network', because: ownNetwork },
  S3_ENDPOINT: { to: 'this machine', because: ownBrowser },
  SES_ENDPOINT: { to: 'this machine', because: standIn },
  STRIPE_API_URL: { to: 'this machine', because: standIn },
  STRIPE_CHECKOUT_ORIGIN: { to: 'this machine', because: ownBrowser },
} as const satisfies Record<string, Rule>;

/** For the README's table; empty for a setting that is no address. */
export function plainNote(name: string): string {
  const rule: Rule | undefined = (plainAddresses as Partial<Record<string, Rule>>)[name];
  return rule === undefined ? '' : `. Production requires TLS unless it names ${rule.to}: ${rule.because}`;
}

/** What is wrong with an address in production, or null. */
export function plainProblem(name: keyof typeof plainAddresses, text: string): string | null {
  const { to } = plainAddresses[name];
  const asked = name === 'DATABASE_URL' ? readDatabaseAddress(text) : readAddress(text);
  if (asked === null) return 'must have parameters that PostgreSQL’s client accepts, and name only certificate files that it can read';
  if (name === 'REDIS_URL' && [...new URL(text).searchParams.keys()].some((each) => each !== 'family')) return redisParameters;
  const host = plainHost(asked.host);
  if (asked.verified || isThisMachine(host) || (to === 'a host in a private network' && isPrivate(host))) return null;
  return `must be encrypted in production (${encryptedForm(new URL(text))}); without TLS it may only name ${to}`;
}

/** Its client takes any option as a parameter, such as another host, a socket, or `tls` without a value, which ends encryption. */
const redisParameters = 'must not have parameters other than family in production; write rediss:// for TLS and the database as its path';

function readAddress(text: string): { readonly host: string; readonly verified: boolean } {
  const { protocol, hostname } = new URL(text);
  return { host: hostname, verified: ['https:', 'wss:', 'rediss:'].includes(protocol) };
}

function encryptedForm({ protocol }: URL): string {
  if (protocol.startsWith('postgres')) return 'end it with ?sslmode=verify-full';
  return `${{ 'http:': 'https', 'ws:': 'wss', 'redis:': 'rediss' }[protocol]}://`;
}

/** No host, or a folder where PostgreSQL has a socket, is this machine. */
export function plainHost(host: string): string {
  return host === '' || host.startsWith('/')
    ? 'localhost'
    : host
        .toLowerCase()
        .replace(/^\[(.*)\]$/, '$1')
        .replace(/\.$/, '');
}

export function isThisMachine(host: string): boolean {
  return host === '::1' || /(^|\.)localhost$/.test(host) || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** Addresses and names that cannot be on the open internet; a name without a dot is one that a container's network gives. */
function isPrivate(host: string): boolean {
  return (
    /^(10|127)(\.\d{1,3}){3}$|^192\.168(\.\d{1,3}){2}$|^172\.(1[6-9]|2\d|3[01])(\.\d{1,3}){2}$|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])(\.\d{1,3}){2}$/.test(
      host,
    ) ||
    /^(f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):/.test(host) ||
    /^[a-z][a-z0-9_-]*$|\.(internal|local|lan|home\.arpa)$/.test(host)
  );
}
