// What a gateway knows of a run when nobody holds its answer any more. Its sessions and its ledger are on disk, so they tell
// about runs from before a restart too; `agent.wait` does not, and cannot even tell "still running" from "never heard of it".

import { ledgerReplySchema, sessionReplySchema } from '#core/contracts/openclaw.ts';
import type { Live } from './connection.ts';
import { read } from './read.ts';
import type { RunName } from './transcript.ts';

export type Sight =
  /** It never began. */
  | { readonly state: 'unknown' }
  | { readonly state: 'running'; readonly startedAtMs: number | null }
  | { readonly state: 'done'; readonly startedAtMs: number | null }
  | { readonly state: 'failed'; readonly reason: string }
  /** Stopped by somebody, or ended with the gateway that ran it, which may then resume it as another run. */
  | { readonly state: 'cut-short'; readonly mayResume: boolean };

export async function look(live: Live, run: RunName): Promise<Sight> {
  const ledger = read(ledgerReplySchema, await live.request('tasks.list', { sessionKey: run.key, limit: 100 }));
  const row = ledger.tasks.find(({ runId }) => runId === run.runId);
  const startedAtMs = row?.startedAt === undefined ? null : new Date(row.startedAt).getTime();

  // The session is written when a run ends, the ledger a moment later: where both know the run, the session is right.
  const { session } = read(sessionReplySchema, await live.request('sessions.describe', { key: run.key }));
  if (session?.lastRunId === run.runId) {
    if (session.status === 'done') return { state: 'done', startedAtMs };
    if (session.status === 'failed' || session.status === 'timeout')
      return { state: 'failed', reason: session.lastRunError ?? row?.error ?? `It ended as ${session.status}.` };
    if (session.status === 'killed') return { state: 'cut-short', mayResume: false };
    if (row === undefined) return { state: 'running', startedAtMs };
  }
  switch (row?.status) {
    case undefined:
      return { state: 'unknown' };
    case 'queued':
    case 'running':
      return { state: 'running', startedAtMs };
    case 'completed':
      return { state: 'done', startedAtMs };
    case 'failed':
    case 'timed_out':
      return { state: 'failed', reason: row?.error ?? 'The agent ended in an error.' };
    case 'cancelled':
      // It resumes a session from its transcript, so where there is none yet, there is nothing to resume.
      return { state: 'cut-short', mayResume: session !== null && session !== undefined };
  }
}
