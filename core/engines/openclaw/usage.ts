// What a run used. Its last answer says it exactly; when that is lost, the transcript has it for each call of the model.
// The gateway's own usage reports are cached and answer zero just after a run, so they are never asked.

import type { HistoryRow, RunMeta } from '#core/contracts/openclaw.ts';
import type { AgentUsage } from '#core/ports/agents.ts';

export const noUsage: AgentUsage = { inputTokens: 0, outputTokens: 0, toolCalls: 0, durationMs: 0, costMicroUsd: 0 };

export function usageOfMeta(meta: RunMeta): AgentUsage {
  const { usage, costUsd } = meta.agentMeta;
  return {
    ...tokens(usage),
    toolCalls: meta.toolSummary.calls,
    durationMs: meta.durationMs,
    costMicroUsd: micros(costUsd ?? usage?.cost.total ?? 0),
  };
}

/** `rows` are those of one run. */
export function usageOfRows(rows: readonly HistoryRow[]): AgentUsage {
  const answers = rows.filter((row) => row.usage !== undefined).map((row) => ({ ...tokens(row.usage), cost: row.usage!.cost.total }));
  const times = rows.flatMap(({ timestamp }) => timestamp ?? []);
  return {
    inputTokens: sum(answers.map(({ inputTokens }) => inputTokens)),
    outputTokens: sum(answers.map(({ outputTokens }) => outputTokens)),
    toolCalls: sum(rows.map(toolCallsIn)),
    durationMs: times.length === 0 ? 0 : Math.max(...times) - Math.min(...times),
    costMicroUsd: micros(sum(answers.map(({ cost }) => cost))),
  };
}

/** What came from the model's cache was read by it all the same. */
function tokens(usage: HistoryRow['usage']): Pick<AgentUsage, 'inputTokens' | 'outputTokens'> {
  if (usage === undefined) return { inputTokens: 0, outputTokens: 0 };
  return { inputTokens: usage.input + usage.cacheRead + usage.cacheWrite, outputTokens: usage.output };
}

function toolCallsIn({ content }: HistoryRow): number {
  return typeof content === 'string' ? 0 : content.filter(({ type }) => type === 'toolCall' || type === 'tool_use').length;
}

function micros(dollars: number): number {
  return Math.round(dollars * 1_000_000);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
