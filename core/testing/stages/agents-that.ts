import { Readable } from 'node:stream';
import type { AgentFile, AgentJob, AgentOutcome, Agents, AgentUsage, AgentWatch } from '#core/ports/agents.ts';

type Does = (job: AgentJob, watch: AgentWatch, signal: AbortSignal) => Promise<AgentOutcome> | AgentOutcome;

/**
 * Agents without a gateway, for what no gateway would do when a test wants it. They take each job at once; `jobs` are those
 * they took, of which the database knows that they were sent.
 */
export function agentsThat(does: Does): Agents & { readonly jobs: AgentJob[] } {
  const jobs: AgentJob[] = [];
  return {
    jobs,
    async run(job, watch, signal) {
      await watch.sending({ gateway: 'test', bootId: 'test' });
      await watch.accepted();
      jobs.push(job);
      return does(job, watch, signal);
    },
    async check() {},
    async close() {},
  };
}

export const someUsage: AgentUsage = { inputTokens: 1_000, outputTokens: 1_000, toolCalls: 1, durationMs: 1_000, costMicroUsd: 5_000 };

export function done(text: string, files: readonly AgentFile[] = []): AgentOutcome {
  return { kind: 'done', text, files, sample: false, usage: someUsage };
}

export function fileOf(name: string, content: string): AgentFile {
  const bytes = Buffer.from(content);
  return { name, sizeBytes: bytes.length, open: async () => Readable.from([bytes]) };
}

/** A table with so many rows below its header. */
export function csvOf(name: string, rows: number): AgentFile {
  return fileOf(name, ['name', ...Array.from({ length: rows }, (_, i) => `row ${i + 1}`)].join('\n'));
}
