import pg from 'pg';

/** Mends what a dump that was restored into another server brings along wrong. True when there was something; quick when not. */
export async function mendAfterRestore(databaseUrl: string): Promise<boolean> {
  // On a connection of its own, since with very many events it takes longer than a statement may.
  const db = new pg.Client({ connectionString: databaseUrl });
  await db.connect();
  try {
    const { rows } = await db.query<{ mended: boolean }>('SELECT mend_after_restore() AS mended');
    return rows[0]!.mended;
  } finally {
    await db.end();
  }
}
