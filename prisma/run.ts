// The Prisma CLI as it is published, with our schema engine, and with the embedded database where DATABASE_URL is not set.
// The product may be running on that database or not: then it is started for the one command.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Log } from '#core/ports/log.ts';
import { runningPostgres, startPostgres } from '#core/sandbox/postgres/postgres.ts';

// What only reads files needs no database.
const withoutDatabase = ['generate', 'validate', 'format', 'version', 'help', undefined];

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

const args = process.argv.slice(2);
const [command] = parseArgs({ args, allowPositionals: true, strict: false }).positionals;
const database = await findDatabase();
try {
  process.exitCode = await runCli(database.url);
} finally {
  await database.stop();
}

async function findDatabase(): Promise<{ url: string; stop(): Promise<void> }> {
  const stop = async () => {};
  if (process.env['DATABASE_URL']) return { url: process.env['DATABASE_URL'], stop };
  if (withoutDatabase.includes(command)) return { url: 'postgresql://localhost/none', stop };
  const dataDir = process.env['DATA_DIR'] || path.join(import.meta.dirname, '../.data');
  const running = await runningPostgres(dataDir);
  return running ? { url: running, stop } : startPostgres({ dataDir, log: silent });
}

async function runCli(url: string): Promise<number> {
  const cli = path.join(import.meta.dirname, '../node_modules/prisma/build/index.js');
  const config = ['--config', path.join(import.meta.dirname, 'prisma.config.ts')];
  const child = spawn(process.execPath, [cli, ...args, ...(args.includes('--config') ? [] : config)], {
    stdio: 'inherit',
    env: {
      ...process.env,
      DATABASE_URL: url,
      PRISMA_SCHEMA_ENGINE_BINARY: path.join(import.meta.dirname, 'engine.mjs'),
      CHECKPOINT_DISABLE: '1', // no call home
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    },
  });
  process.on('SIGINT', () => {}); // the terminal tells the CLI as well; we wait for its end
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
