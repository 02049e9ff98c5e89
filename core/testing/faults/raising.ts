import pg from 'pg';
import { onTestFinished } from 'vitest';

/** From now on the server refuses every row written to this table with this SQLSTATE, as it does when its disk is full. */
export async function raising(
  databaseUrl: string,
  table: string,
  state: string,
  on = 'INSERT OR UPDATE',
): Promise<{ stop(): Promise<void> }> {
  const asked = async (text: string) => {
    const client = new pg.Client(databaseUrl);
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  const name = `raising_${table}`;
  await asked(`
    CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'raised by a test' USING ERRCODE = '${state}'; END $$;
    CREATE OR REPLACE TRIGGER ${name} BEFORE ${on} ON ${table} FOR EACH ROW EXECUTE FUNCTION ${name}()`);
  const stop = () => asked(`DROP TRIGGER IF EXISTS ${name} ON ${table}`);
  onTestFinished(stop);
  return { stop };
}
