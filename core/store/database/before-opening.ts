// What can be asked of a database before there is a key for its secrets, and before it was migrated.

import pg from 'pg';

export function holdsSecrets(databaseUrl: string): Promise<boolean> {
  return withClient(databaseUrl, async (db) => {
    const { rows: tables } = await db.query<{ there: boolean }>(`SELECT to_regclass('secrets') IS NOT NULL AS there`);
    if (!tables[0]!.there) return false;
    const { rows } = await db.query<{ some: boolean }>('SELECT EXISTS (SELECT FROM secrets) AS some');
    return rows[0]!.some;
  });
}

/** Whether any process has a store open on it, the caller's own included. */
export function isInUse(databaseUrl: string): Promise<boolean> {
  return withClient(databaseUrl, async (db) => {
    const { rows } = await db.query<{ used: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'impacter listen') AS used`,
    );
    return rows[0]!.used;
  });
}

async function withClient<T>(connectionString: string, ask: (db: pg.Client) => Promise<T>): Promise<T> {
  const db = new pg.Client({ connectionString });
  await db.connect();
  try {
    return await ask(db);
  } finally {
    await db.end();
  }
}
