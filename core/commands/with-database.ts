// Commands reach the database of the running product: DATABASE_URL, else the embedded one of DATA_DIR, which is started
// for as long as the command needs it when no product holds it.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, readConfig, readEnv, type Config } from '#core/contracts/env.ts';
import { createLog } from '#core/engines/log/log.ts';
import { explainLostKey, LostKeyError } from '#core/product/lost-key.ts';
import type { Log } from '#core/ports/log.ts';

export async function withDatabase<T>(act: (databaseUrl: string, config: Config, log: Log) => Promise<T>): Promise<T> {
  const config = readConfig(readEnv(process.env));
  try {
    return await reachDatabase(config, act);
  } catch (error) {
    throw explainLostKey(error, config);
  }
}

async function reachDatabase<T>(config: Config, act: (databaseUrl: string, config: Config, log: Log) => Promise<T>): Promise<T> {
  const log = createLog({ level: 'silent' });
  if (config.database.kind === 'real') return act(config.database.url, config, log);
  if (!existsSync(path.join(config.dataDir, 'postgres'))) {
    throw new CommandError(
      `There is no database yet: DATABASE_URL is not set, and there is none in ${config.dataDir}. Run npm start first, or set one of them.`,
    );
  }
  const { runningPostgres, startPostgres } = await import('#core/sandbox/postgres/postgres.ts');
  const running = await runningPostgres(config.dataDir);
  if (running !== null) return act(running, config, log);
  const postgres = await startPostgres({ dataDir: config.dataDir, log });
  try {
    return await act(postgres.url, config, log);
  } finally {
    await postgres.stop();
  }
}

/** What the person at the shell can mend. */
export class CommandError extends Error {}

/** Runs a command to its exit code; a mistake is said in words, a bug keeps its stack. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    const canBeMended = error instanceof CommandError || error instanceof ConfigError || error instanceof LostKeyError;
    process.stderr.write(`${canBeMended ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = canBeMended ? 2 : 1;
  }
}
