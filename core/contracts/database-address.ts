// What PostgreSQL's client makes of an address. Its parameters may be repeated, contradict one another, take the place of the
// host and the password before them, and be completed by PGHOST and PGSSLMODE, so the client itself is asked.

import pg from 'pg';

export interface DatabaseAddress {
  /** The host that is asked; a path is a socket of this machine. */
  readonly host: string;
  readonly password: string;
  /** Encrypted, and the server has to show a certificate that is believed. */
  readonly verified: boolean;
}

/** null where the client takes it for no address, or cannot read a certificate that it names. Nothing is connected. */
export function readDatabaseAddress(url: string): DatabaseAddress | null {
  try {
    const { host, password, ssl } = new pg.Client({ connectionString: url }) as Omit<pg.Client, 'ssl'> & { readonly ssl: unknown };
    return { host, password: password ?? '', verified: ssl === true || isVerified(ssl) };
  } catch {
    return null;
  }
}

function isVerified(ssl: unknown): boolean {
  return typeof ssl === 'object' && ssl !== null && !('rejectUnauthorized' in ssl && ssl.rejectUnauthorized !== true);
}
