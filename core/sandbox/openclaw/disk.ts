// What outlives a gateway: sessions with their transcripts, the ledger of runs, and how often each run really began.

import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Turn } from './agents/agent.ts';
import type { Json } from './wire.ts';

export interface Session {
  readonly key: string;
  readonly agentId: string;
  readonly sessionId: string;
  readonly createdAt: number;
  updatedAt: number;
  status: 'running' | 'done' | 'failed' | 'killed' | 'timeout';
  lastRunId: string;
  lastRunError: string | null;
  /** The transcript. */
  rows: Json[];
  turns: Turn[];
  /** Paths that its runs wrote, with when. */
  files: Record<string, number>;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
}

export interface LedgerRow {
  readonly id: string;
  readonly runId: string;
  readonly agentId: string;
  readonly sessionKey: string;
  readonly status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly error?: string;
}

export interface Disk {
  readonly workspaceRoot: string;
  session(key: string): Promise<Session | null>;
  keepSession(session: Session): Promise<void>;
  ledgerRow(runId: string): LedgerRow | null;
  ledger(): LedgerRow[];
  ledgerOf(sessionKey: string): LedgerRow[];
  keepLedgerRow(row: LedgerRow): void;
  /** Written before the work begins, so that no crash can hide that it did. */
  runBegan(runId: string): void;
  runCounts(): Record<string, number>;
  /** What a gateway does at its start: nothing that was running before it runs now. */
  endWhatRan(nowMs: number): void;
}

const SESSIONS_IN_MEMORY = 200;

export function openDisk(dataDir: string): Disk {
  const file = {
    ledger: path.join(dataDir, 'ledger.jsonl'),
    runs: path.join(dataDir, 'runs.log'),
    sessions: path.join(dataDir, 'sessions'),
  };
  const workspaceRoot = path.join(dataDir, 'workspaces');
  // What people attached and agents made is for nobody else on this machine.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  mkdirSync(file.sessions, { recursive: true });
  mkdirSync(workspaceRoot, { recursive: true });
  const sessions = new Map<string, Promise<Session | null>>();
  const ledger = new Map(linesOf(file.ledger).flatMap((line) => ledgerRowIn(line).map((row) => [row.runId, row] as const)));
  // A session has few runs, the ledger all there ever were.
  const runsOf = new Map<string, Set<string>>();
  const noteSession = ({ sessionKey, runId }: LedgerRow) => runsOf.set(sessionKey, (runsOf.get(sessionKey) ?? new Set()).add(runId));
  ledger.forEach(noteSession);
  const appendTo = { ledger: lineWriter(file.ledger), runs: lineWriter(file.runs) };
  const counts: Record<string, number> = {};
  for (const runId of linesOf(file.runs)) counts[runId] = (counts[runId] ?? 0) + 1;
  const remember = (key: string, session: Promise<Session | null>) => {
    sessions.delete(key);
    sessions.set(key, session);
    if (sessions.size > SESSIONS_IN_MEMORY) sessions.delete(sessions.keys().next().value!);
  };
  const sessionFile = (key: string) => path.join(file.sessions, `${createHash('sha256').update(key).digest('hex')}.json`);

  return {
    workspaceRoot,
    session(key) {
      const session = sessions.get(key) ?? readJson<Session>(sessionFile(key));
      remember(key, session);
      return session;
    },
    async keepSession(session) {
      remember(session.key, Promise.resolve(session));
      const to = sessionFile(session.key);
      await writeFile(`${to}.new`, JSON.stringify(session));
      await rename(`${to}.new`, to);
    },
    ledgerRow: (runId) => ledger.get(runId) ?? null,
    ledger: () => [...ledger.values()],
    ledgerOf: (sessionKey) => [...(runsOf.get(sessionKey) ?? [])].map((runId) => ledger.get(runId)!),
    keepLedgerRow(row) {
      ledger.set(row.runId, row);
      noteSession(row);
      appendTo.ledger(JSON.stringify(row));
    },
    runBegan(runId) {
      counts[runId] = (counts[runId] ?? 0) + 1;
      appendTo.runs(runId);
    },
    runCounts: () => ({ ...counts }),
    endWhatRan(nowMs) {
      for (const row of ledger.values()) {
        if (row.status === 'queued' || row.status === 'running') {
          this.keepLedgerRow({
            ...row,
            status: 'cancelled',
            updatedAt: nowMs,
            endedAt: nowMs,
            error: 'Task execution process exited before restart',
          });
        }
      }
      sessions.clear();
    },
  };
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

/** None where the line was only half written, by a process that was killed or on a disk that was full. */
function ledgerRowIn(line: string): LedgerRow[] {
  try {
    return [JSON.parse(line) as LedgerRow];
  } catch {
    return [];
  }
}

/** A half-written line before it ends first, so that it spoils no other one. */
function lineWriter(file: string): (line: string) => void {
  const kept = existsSync(file) ? readFileSync(file, 'utf8') : '';
  let isTorn = kept !== '' && !kept.endsWith('\n');
  return (line) => {
    const text = `${isTorn ? '\n' : ''}${line}\n`;
    isTorn = true;
    appendFileSync(file, text);
    isTorn = false;
  };
}

async function readJson<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
