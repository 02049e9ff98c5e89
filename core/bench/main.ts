// `npm run bench`: speeds as ratios of what the same machine does at the same time with the least possible work.
// `--json` prints one object a line.

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createLog } from '#core/engines/log/log.ts';
import { startPostgres } from '#core/sandbox/postgres/postgres.ts';
import { migrate } from '#core/store/database/migrate.ts';
import { openStore } from '#core/store/database/store.ts';
import { benchCredits } from './credits.ts';
import { benchDashboard } from './dashboard.ts';
import { benchEndToEnd } from './end-to-end.ts';
import { benchIntake } from './intake.ts';
import { benchLedger } from './ledger.ts';
import { benchNews } from './news.ts';
import { benchReading } from './reading/reading.ts';
import type { BenchRow } from './row.ts';
import { benchShowings } from './showings.ts';
import { benchStreams } from './streams.ts';

const json = process.argv.includes('--json');
const only = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const log = createLog({ level: 'silent' });
const folder = await mkdtemp(path.join(os.tmpdir(), 'impacter-bench-'));
const postgres = await startPostgres({ dataDir: folder, log });

try {
  if (!json) print(['what', 'ours', '', 'limit', 'ratio', 'aim']);
  await migrate(postgres.url);
  const store = await openStore({ databaseUrl: postgres.url, worker: 'bench', leaseMs: 30_000, log });
  try {
    if (wanted('ledger')) show(await benchLedger(postgres.url));
    if (wanted('intake')) show(await benchIntake(postgres.url, store));
    if (wanted('credits')) show(await benchCredits(store));
  } finally {
    await store.close();
  }
  if (wanted('reading')) {
    const { table, rows } = benchReading();
    if (!json) process.stdout.write(`${table}\n`);
    show(rows);
  }
  if (wanted('streams')) for (const row of await benchStreams(postgres.url, folder, log)) show([row]);
  if (wanted('showings')) show(await benchShowings(postgres.url, folder, log));
  if (wanted('news')) show(await benchNews(postgres.url, folder, log));
  if (wanted('dashboard')) show(await benchDashboard(postgres.url, folder, log));
  if (wanted('slack')) {
    // Bolt takes a moment to load, and discord.js too.
    const { benchSlack } = await import('./slack.ts');
    show(await benchSlack(postgres.url, folder, log));
  }
  if (wanted('discord')) {
    const { benchDiscord } = await import('./discord.ts');
    show(await benchDiscord(postgres.url, folder, log));
  }
  if (wanted('end-to-end')) show([await benchEndToEnd(postgres.url, folder, log)]);
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

function wanted(part: string): boolean {
  return only === undefined || only === part;
}

function show(rows: readonly BenchRow[]): void {
  for (const row of rows) {
    if (json) process.stdout.write(`${JSON.stringify(row)}\n`);
    else
      print([
        row.name,
        round(row.value),
        row.unit,
        row.limit === null ? '' : round(row.limit),
        row.ratio === null ? '' : row.ratio.toFixed(2),
        aimOf(row),
      ]);
  }
}

function aimOf({ aim, most }: BenchRow): string {
  if (aim !== null) return `≥ ${aim}`;
  return most === null || most === undefined ? '' : `≤ ${most}`;
}

function print(cells: readonly string[]): void {
  const widths = [44, 10, 10, 10, 8, 8];
  process.stdout.write(`${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('')}\n`);
}

function round(value: number): string {
  return value >= 100 ? Math.round(value).toString() : value.toFixed(1);
}
