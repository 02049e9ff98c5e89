#!/usr/bin/env node
// Stands in for the schema engine that the Prisma CLI would download: a program for one platform, from a host that a closed
// network does not reach. The same engine comes from npm as WebAssembly; this gives it the program's command line and its
// conversation (JSON-RPC, a line each way), so that the CLI stays as published. The CLI finds it by PRISMA_SCHEMA_ENGINE_BINARY.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { MigrationAdapter, settingsOf } from './engine-adapter.mjs';

const { values: options, positionals } = parseArgs({
  options: { datasource: { type: 'string' }, datamodels: { type: 'string', multiple: true } },
  allowPositionals: true,
  strict: false,
});
const url = new URL(JSON.parse(options.datasource ?? '{}').url ?? 'postgresql://localhost/none');

log('INFO', 'schema_engine', { message: 'started' }); // the CLI skips the first line
if (positionals[0] === 'cli') await runCommand(positionals[1]);
else await converse();

/** `engine cli create-database` and its like: answers by the exit code, and says why on stderr. */
async function runCommand(command) {
  const database = decodeURIComponent(url.pathname.slice(1));
  const target = new URL(url);
  if (command !== 'can-connect-to-database') target.pathname = '/postgres';
  const client = new pg.Client(settingsOf(target));
  try {
    await client.connect();
    if (command === 'create-database') await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
    if (command === 'drop-database') await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(database)}`);
  } catch (error) {
    const codes = { '3D000': 'P1003', '42P04': 'P1009', '28P01': 'P1000', 42501: 'P1010' };
    const meta = { database_name: database, database_host: url.hostname, database_port: url.port || '5432' };
    log('ERROR', 'schema_engine::logger', { message: error.message, is_panic: false, error_code: codes[error.code] ?? 'P1001', meta });
    process.exitCode = 1;
  } finally {
    await client.end();
  }
}

async function converse() {
  const adapter = new MigrationAdapter(url);
  const newEngine = await loadEngine(adapter);
  for await (const line of createInterface({ input: process.stdin })) {
    const request = line.trim() && JSON.parse(line);
    if (!request?.method) continue; // the CLI's answer to something we printed
    try {
      say({ id: request.id, result: (await answer(newEngine, request)) ?? null });
    } catch (error) {
      const data = { is_panic: false, message: error.message, meta: error.meta ?? null, error_code: error.code };
      say({ id: request.id, error: { code: 4466, message: 'An error happened. Check the data field for details.', data } });
    } finally {
      await adapter.disconnect();
    }
  }
}

// Each request gets a fresh engine: one that has made its shadow database refuses the next request that needs one.
async function answer(newEngine, { method, params }) {
  const engine = await newEngine();
  try {
    // These two get no shadow database in the WebAssembly build. They live off what a diagnosis leaves in the engine's cache.
    if (method === 'evaluateDataLoss' || method === 'createMigration') {
      await engine.devDiagnostic({ migrationsList: params.migrationsList, filters: params.filters });
    }
    const result = await engine[method === 'getDatabaseVersion' ? 'version' : method](params);
    if (method !== 'diff' || !result.stdout) return result;
    say({ id: 'print', method: 'print', params: { content: `${result.stdout}\n` } }); // the program prints; WebAssembly can't
    return { ...result, stdout: null };
  } finally {
    engine.free();
  }
}

async function loadEngine(adapter) {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => log('ERROR', 'schema_engine', { message, is_panic: true }) };
  const glue = import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bindings = await import(glue);
  const bytes = readFileSync(new URL('./schema_engine_bg.wasm', glue));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();

  const datamodels = options.datamodels?.map((file) => [file, readFileSync(file, 'utf8')]);
  const database = bindMigrationAwareSqlAdapterFactory(adapter);
  return () => bindings.SchemaEngine.new({ datamodels }, () => {}, database);
}

function say(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

function log(level, target, fields) {
  process.stderr.write(`${JSON.stringify({ level, timestamp: new Date().toISOString(), target, fields })}\n`);
}
