// What is there to be looked at: settings as far as they are right, the product if it runs, the database if it answers.

import { existsSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import type { GivenSettings, Problem } from '#core/contracts/config-problem.ts';
import { ConfigError, readConfig, readEnv, type Config } from '#core/contracts/env.ts';
import { settings, type SettingName } from '#core/contracts/settings.ts';
import { createLog } from '#core/engines/log/log.ts';
import { PostgresHeld, runningPostgres, startPostgres } from '#core/sandbox/postgres/postgres.ts';
import { missingMigrations } from '#core/store/database/migrate.ts';
import { because, type Database, type Patient, type RunningProduct } from './finding.ts';

const READY_WITHIN_MS = 8_000;
const CONNECT_MS = 5_000;
const STATEMENT_MS = 15_000;

export async function admit(env: NodeJS.ProcessEnv): Promise<Patient> {
  const given = readEnv(env);
  const { config, problems } = readWhatIsRight(given);
  const stops: (() => Promise<void>)[] = [];
  const database = await openDatabase(config, problems, stops).catch((error: unknown): Database => ({
    state: 'away',
    why: because(error),
  }));
  const product = await findProduct(config, database);
  return {
    given,
    problems,
    config,
    product,
    database,
    async leave() {
      for (const stop of stops.toReversed()) await stop().catch(() => undefined);
    },
  };
}

/** The configuration without what is wrong, so that the rest can be looked at. */
function readWhatIsRight(given: GivenSettings): { config: Config; problems: readonly Problem[] } {
  try {
    return { config: readConfig(given), problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { config, problems } = readWhatIsRight(without(given, error.problems));
    return { config, problems: [...error.problems, ...problems] };
  }
}

// A wrong value goes alone. What is missing is missed by its group, or by production.
function without(given: GivenSettings, problems: readonly Problem[]): GivenSettings {
  const isMissed = (name: SettingName) =>
    problems.some(
      (problem) => given[problem.name] === undefined && (name === 'NODE_ENV' || settings[name].group === settings[problem.name].group),
    );
  const isWrong = (name: SettingName) => problems.some((problem) => problem.name === name);
  return Object.fromEntries(Object.entries(given).filter(([name]) => !isWrong(name as SettingName) && !isMissed(name as SettingName)));
}

/** Who holds the embedded database has told where it answers. */
async function findProduct({ database: { kind }, http }: Config, database: Database): Promise<RunningProduct | null> {
  const held = database.state === 'open' ? database.held : null;
  const host = http.host === '0.0.0.0' || http.host === '::' ? '127.0.0.1' : http.host;
  const url = kind === 'sandbox' ? held?.url : `http://${host.includes(':') ? `[${host}]` : host}:${http.port}`;
  return url ? readyz(url, http.metricsToken) : null;
}

/** null when nobody answers there, or somebody else. */
export async function readyz(url: string, token: string | null): Promise<RunningProduct | null> {
  try {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/readyz`, { headers, signal: AbortSignal.timeout(READY_WITHIN_MS) });
    const { parts } = (await answer.json()) as { parts?: unknown };
    return Array.isArray(parts) ? { url, parts: parts as RunningProduct['parts'] } : null;
  } catch {
    return null;
  }
}

async function openDatabase(config: Config, problems: readonly Problem[], stops: (() => Promise<void>)[]): Promise<Database> {
  if (problems.some(({ name }) => name === 'DATABASE_URL' || name === 'DATA_DIR')) return { state: 'away', why: 'its settings are wrong' };
  if (config.database.kind === 'sandbox' && !existsSync(path.join(config.dataDir, 'postgres/data/PG_VERSION'))) return { state: 'none' };
  const { url, held } = config.database.kind === 'real' ? { url: config.database.url, held: null } : await embedded(config.dataDir, stops);
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    application_name: 'impacter doctor',
  });
  client.on('error', () => undefined); // the next statement says so
  await client.connect();
  stops.push(() => client.end());
  return { state: 'open', url, client, held, migrated: (await missingMigrations(client).catch(() => null))?.length === 0 };
}

/** Running already, or started for as long as we look. */
async function embedded(dataDir: string, stops: (() => Promise<void>)[]): Promise<{ url: string; held: PostgresHeld | null }> {
  try {
    const postgres = await startPostgres({ dataDir, log: createLog({ level: 'silent' }) });
    stops.push(() => postgres.stop());
    return { url: postgres.url, held: null };
  } catch (error) {
    const url = error instanceof PostgresHeld ? await runningPostgres(dataDir) : null;
    if (url === null) throw error;
    return { url, held: error as PostgresHeld };
  }
}
