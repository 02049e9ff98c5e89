// The transcript of a session, which is on the gateway's disk and so outlives its answers and its restarts.

import { historyReplySchema } from '#core/contracts/openclaw.ts';
import type { AgentUsage } from '#core/ports/agents.ts';
import type { Live } from './connection.ts';
import { read } from './read.ts';
import { reportOfRows, rowsOf, type Report } from './report.ts';
import { noUsage, usageOfRows } from './usage.ts';

export interface RunName {
  readonly key: string;
  readonly runId: string;
}

/** Null when it has no word of this run. */
export async function recallReport(live: Live, run: RunName): Promise<Report | null> {
  return reportOfRows(await runRows(live, run));
}

/** What a run used that gave no account of it. Knowing that is no reason to fail, so not knowing is none either. */
export async function recallUsage(live: Live, run: RunName): Promise<AgentUsage> {
  try {
    return usageOfRows(await runRows(live, run));
  } catch {
    return noUsage;
  }
}

async function runRows(live: Live, { key, runId }: RunName) {
  const { messages } = read(historyReplySchema, await live.request('chat.history', { sessionKey: key, limit: 1_000 }));
  return rowsOf(messages, runId);
}
