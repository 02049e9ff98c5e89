// What an agent said in the end, taken from its last answer or, when that was lost, from the transcript.

import type { HistoryRow, RunReply } from '#core/contracts/openclaw.ts';
import type { AgentUsage } from '#core/ports/agents.ts';
import { usageOfMeta, usageOfRows } from './usage.ts';

export interface Report {
  readonly text: string;
  /** Paths of files it names, as it wrote them. */
  readonly named: readonly string[];
  /** Null when the gateway gave no account of it. */
  readonly usage: AgentUsage | null;
}

export function reportOfReply(reply: RunReply): Report {
  const payloads = (reply.result?.payloads ?? []).filter(({ isError }) => !isError);
  const said = readReply(payloads.map(({ text }) => text ?? '').join('\n\n'));
  return {
    text: said.text,
    named: [...payloads.flatMap(({ mediaUrl, mediaUrls }) => [...mediaUrls, ...(mediaUrl === undefined ? [] : [mediaUrl])]), ...said.named],
    usage: reply.result?.meta === undefined ? null : usageOfMeta(reply.result.meta),
  };
}

/** From the rows of one run in a transcript; null when they hold no answer. */
export function reportOfRows(rows: readonly HistoryRow[]): Report | null {
  const answer = rows.findLast(({ role, content }) => role === 'assistant' && textOf(content) !== '');
  if (answer === undefined) return null;
  return { ...readReply(textOf(answer.content)), usage: usageOfRows(rows) };
}

/** Why a run failed, where its last answer says so; null for one that did not. A gateway may call a failed run "ok". */
export function failureIn(reply: RunReply): string | null {
  const { result, status, summary } = reply;
  const error = result?.payloads.find(({ isError }) => isError)?.text;
  if (status === 'error') return error ?? result?.meta?.error?.message ?? summary ?? 'The agent ended in an error.';
  if (result?.meta?.error !== undefined || result?.meta?.stopReason === 'error')
    return result.meta?.error?.message ?? error ?? 'The agent ended in an error.';
  if (error !== undefined && result!.payloads.every(({ isError }) => isError)) return error;
  return null;
}

/** An assistant's row names its run. A person's row carries the run's key with a suffix; what follows it belongs to the same run. */
export function rowsOf(history: readonly HistoryRow[], runId: string): HistoryRow[] {
  const rows: HistoryRow[] = [];
  let ours = false;
  for (const row of history) {
    if (row.role === 'user') ours = row.__openclaw.idempotencyKey === `${runId}:user` || row.__openclaw.runId === runId;
    else if (row.__openclaw.runId !== undefined) ours = row.__openclaw.runId === runId;
    if (ours) rows.push(row);
  }
  return rows;
}

function textOf(content: HistoryRow['content']): string {
  return typeof content === 'string'
    ? content
    : content.flatMap(({ type, text }) => (type === 'text' && text !== undefined ? text : [])).join('\n');
}

/** Lines that name files are for us; the rest is for people. */
function readReply(reply: string): Pick<Report, 'text' | 'named'> {
  const named: string[] = [];
  const text = reply.replace(/^[ \t]*MEDIA:(.*)$\n?/gm, (line, rest: string) => {
    const path = rest.trim().replace(/^[`"']|[`"']$/g, '');
    if (path === '') return line;
    named.push(path);
    return '';
  });
  return { text: text.trim(), named };
}
