// Secrets that can be rotated. Each version is a row of its own: the first has the plain name, later ones their number behind
// it (`links`, `links 2`). Numbers only grow: what was encrypted with a version that is gone is never taken for another's.

import { open, openWithAny, seal, sharedSecret } from './secrets.ts';
import type { Money } from './money.ts';

export interface SecretVersion {
  readonly version: number;
  readonly secret: string;
  readonly createdAt: Date;
}

/** Newest first. The newest one signs and encrypts; all of them are accepted. */
export type SecretVersions = readonly [SecretVersion, ...SecretVersion[]];

/** Makes the first version when there is none. What an older ENCRYPTION_KEY opens is sealed with the first one. */
export async function secretVersions(money: Money, keys: readonly string[], name: string, make: () => string): Promise<SecretVersions> {
  let rows = await versionRows(money, name);
  if (rows.length === 0) {
    await sharedSecret(money, keys, name, make);
    rows = await versionRows(money, name);
  }
  const versions = rows.map(({ name: row, version, sealed, created_at: createdAt }) => {
    return { version, secret: open(keys, row, sealed), createdAt };
  });
  for (const row of rows) await resealSecret(money, keys, row);
  return versions as unknown as SecretVersions;
}

/** Seals every secret with the first key that an older one opens. What none opens stays as it is. */
export async function resealSecrets(money: Money, keys: readonly string[]): Promise<void> {
  const { rows } = await money.query<{ name: string; sealed: Buffer }>({ text: 'SELECT name, sealed FROM secrets' }, []);
  for (const row of rows) await resealSecret(money, keys, row);
}

async function resealSecret(money: Money, keys: readonly string[], { name, sealed }: { name: string; sealed: Buffer }): Promise<void> {
  const { state, secret } = openWithAny(keys, name, sealed);
  if (state === 'older')
    await money.query({ text: 'UPDATE secrets SET sealed = $3 WHERE name = $1 AND sealed = $2' }, [
      name,
      sealed,
      seal(keys[0]!, name, secret),
    ]);
}

/** Every running process hears of it (wakeup `keys`). */
export async function addSecretVersion(money: Money, keys: readonly string[], name: string, secret: string): Promise<number> {
  return money.transaction(async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('impacter secrets', 0))`);
    const version = ((await versionRows(client, name))[0]?.version ?? 0) + 1;
    await client.query('INSERT INTO secrets (name, sealed) VALUES ($1, $2)', [
      rowName(name, version),
      seal(keys[0]!, rowName(name, version), secret),
    ]);
    await client.query(`SELECT pg_notify('impacter', 'keys')`);
    return version;
  });
}

/** Drops versions below this one that were replaced before `replacedBefore`; null for all of them. Answers how many. */
export async function dropSecretVersions(money: Money, name: string, below: number, replacedBefore: Date | null): Promise<number> {
  return money.transaction(async (client) => {
    const rows = await versionRows(client, name);
    const old = rows.filter(({ version }, i) => version < below && (replacedBefore === null || rows[i - 1]!.created_at < replacedBefore));
    await client.query('DELETE FROM secrets WHERE name = ANY ($1)', [old.map((row) => row.name)]);
    await client.query(`SELECT pg_notify('impacter', 'keys')`);
    return old.length;
  });
}

export interface SealedSecret {
  readonly name: string;
  readonly createdAt: Date;
  /** `current`: the first key opens it. `older`: one behind it does. `lost`: none does. */
  readonly state: 'current' | 'older' | 'lost';
}

export async function sealedSecrets(money: Money, keys: readonly string[]): Promise<SealedSecret[]> {
  const { rows } = await money.query<{ name: string; sealed: Buffer; created_at: Date }>(
    { text: 'SELECT name, sealed, created_at FROM secrets ORDER BY name' },
    [],
  );
  return rows.map(({ name, sealed, created_at }) => ({ name, createdAt: created_at, state: openWithAny(keys, name, sealed).state }));
}

/**
 * Replaces what no key opens. A rotated secret gets a new version, so that nothing of the lost one is mistaken for it;
 * everything else is made again by the next start.
 */
export async function replaceLostSecrets(money: Money, keys: readonly string[], rotated: Readonly<Record<string, () => string>>) {
  const lost = (await sealedSecrets(money, keys)).filter(({ state }) => state === 'lost').map(({ name }) => name);
  for (const [name, make] of Object.entries(rotated))
    if (lost.some((each) => versionIn(name, each) !== null) && (await isNewestLost(money, keys, name)))
      await addSecretVersion(money, keys, name, make());
  await money.query({ text: 'DELETE FROM secrets WHERE name = ANY ($1)' }, [lost]);
  await money.query({ text: `SELECT pg_notify('impacter', 'keys')` }, []);
}

async function isNewestLost(money: Money, keys: readonly string[], name: string): Promise<boolean> {
  const [newest] = await versionRows(money, name);
  return newest !== undefined && openWithAny(keys, newest.name, newest.sealed).state === 'lost';
}

interface VersionRow {
  readonly name: string;
  readonly version: number;
  readonly sealed: Buffer;
  readonly created_at: Date;
}

type Asks = {
  query(statement: { text: string }, values: unknown[]): Promise<{ rows: unknown[] }>;
};

async function versionRows(on: Asks, name: string): Promise<VersionRow[]> {
  const { rows } = (await on.query({ text: 'SELECT name, sealed, created_at FROM secrets WHERE starts_with(name, $1)' }, [name])) as {
    rows: Omit<VersionRow, 'version'>[];
  };
  return rows
    .flatMap((row) => {
      const version = versionIn(name, row.name);
      return version === null ? [] : [{ ...row, version }];
    })
    .toSorted((a, b) => b.version - a.version);
}

function rowName(name: string, version: number): string {
  return version === 1 ? name : `${name} ${version}`;
}

function versionIn(name: string, row: string): number | null {
  if (row === name) return 1;
  const number = row.startsWith(`${name} `) ? row.slice(name.length + 1) : '';
  return /^[1-9]\d{0,6}$/.test(number) ? Number(number) : null;
}
