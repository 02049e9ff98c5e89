// One attempt from what is stored about it to its outcome. Every way it can end outside of us is an outcome; what it throws is
// a fault of ours (our database, our storage) or of this code.

import type { RunReply } from '#core/contracts/openclaw.ts';
import { isSample } from '#core/domain/tasks/agent-brief.ts';
import { never } from '#core/domain/never.ts';
import type { AgentJob, AgentOutcome, AgentUsage, AgentWatch } from '#core/ports/agents.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Gateway, Live } from './connection.ts';
import { collectFiles, type Collected } from './files/files.ts';
import { follow, keyOf, type Following, type RunEnd } from './follow.ts';
import { GatewayError } from './gateway-error.ts';
import { handOver, InputRefused } from './files/inputs.ts';
import { orAborted } from './or-aborted.ts';
import { failureIn, reportOfReply, type Report } from './report.ts';
import { recallUsage } from './transcript.ts';
import { noUsage } from './usage.ts';
import type { RunFolder } from './files/run-folder.ts';

export interface AttemptParts {
  readonly gateway: Gateway;
  readonly gatewayName: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The run's folder, where we share the gateway's disk. */
  readonly folder: RunFolder | null;
  /** Whoever wants the work is done waiting for it, also after its deadline. */
  readonly canceled: AbortSignal;
  /** Aborts when this process goes away. */
  readonly leaving: AbortSignal;
}

/** The reason of a signal that ends our waiting. */
export class Stopped extends Error {
  readonly by: 'deadline' | 'signal';

  constructor(by: 'deadline' | 'signal') {
    super(`stopped by ${by}`);
    this.name = 'Stopped';
    this.by = by;
  }
}

/** For the agent to stop, and then for its files to be fetched, after our deadline; sooner where somebody waits for it to stop. */
const stopGraceMs = 15_000;
const collectGraceMs = 60_000;
const collectSoonMs = 10_000;
// The gateway's own limit is for the case that we die: ours comes first.
const gatewayMarginMs = 30_000;

export async function carry(parts: AttemptParts, job: AgentJob, watch: AgentWatch, stop: AbortSignal): Promise<AgentOutcome> {
  const { clock, leaving } = parts;
  const deadlineMs = clock.now().getTime() + job.timeoutMs;
  const following = follow({ ...parts, paramsFor }, job, watch);
  try {
    const end = await following.toEnd(AbortSignal.any([stop, leaving]));
    return await outcomeOf(parts, job, following, end, null);
  } catch (error) {
    if (leaving.aborted) return { kind: 'detached' };
    if (error instanceof InputRefused) return { kind: 'failed', reason: error.message, usage: noUsage };
    if (!(stop.reason instanceof Stopped)) throw error;
    return stopped(parts, job, following, stop.reason.by);
  }

  async function paramsFor(live: Live, signal: AbortSignal): Promise<object> {
    const { message, attachments } = await handOver(job, live.limits, parts.folder, signal);
    return {
      message,
      agentId: job.type,
      sessionKey: keyOf(job),
      idempotencyKey: job.runId,
      extraSystemPrompt: job.instructions,
      deliver: false,
      timeout: Math.ceil((Math.max(0, deadlineMs - clock.now().getTime()) + gatewayMarginMs) / 1000),
      ...(attachments.length > 0 && { attachments }),
    };
  }
}

async function stopped(parts: AttemptParts, job: AgentJob, following: Following, by: Stopped['by']): Promise<AgentOutcome> {
  if (!following.mayHaveBegun()) return neverBegan(parts, by);
  try {
    const end = await withGrace(parts, stopGraceMs, (grace) => following.stop(grace));
    return end.kind === 'never-began' ? neverBegan(parts, by) : await outcomeOf(parts, job, following, end, by);
  } catch (error) {
    if (parts.leaving.aborted) return { kind: 'detached' };
    parts.log.warn({ runId: job.runId, reason: String(error) }, 'agent not seen to stop');
    return { kind: 'lost', reason: 'The gateway could not be reached to stop it.' };
  }
}

function neverBegan({ gateway }: AttemptParts, by: Stopped['by']): AgentOutcome {
  if (by === 'signal') return { kind: 'stopped', by, text: '', files: [], sample: false, usage: noUsage };
  return { kind: 'unreachable', reason: gateway.trouble() ?? 'No agent took it in time.' };
}

async function outcomeOf(
  parts: AttemptParts,
  job: AgentJob,
  following: Following,
  end: RunEnd,
  stoppedBy: Stopped['by'] | null,
): Promise<AgentOutcome> {
  switch (end.kind) {
    case 'failed':
    case 'lost':
      return end;
    case 'never-began':
      return { kind: 'lost', reason: 'It was never begun.' };
    case 'remembered':
      return handOut(parts, job, following, end.report, stoppedBy);
    case 'answered': {
      const { reply } = end;
      const report = reportOfReply(reply);
      const failure = failureIn(reply) ?? (reply.status === 'timeout' && stoppedBy === null ? cutShort(reply) : null);
      if (failure !== null) return { kind: 'failed', reason: failure, usage: report.usage ?? noUsage };
      if (reply.stopReason === 'restart') return { kind: 'lost', reason: 'The gateway stopped it to start anew.' };
      return handOut(parts, job, following, report, reply.status === 'timeout' ? (stoppedBy ?? 'deadline') : null);
    }
    default:
      return never(end);
  }
}

/** A gateway says "timeout" of every run that did not come to its end by itself; "rpc" means that somebody wanted it so. */
function cutShort({ stopReason }: RunReply): string | null {
  return stopReason === 'rpc' ? 'It was stopped at the gateway.' : null;
}

async function handOut(
  parts: AttemptParts,
  job: AgentJob,
  following: Following,
  report: Report,
  by: Stopped['by'] | null,
): Promise<AgentOutcome> {
  const found = await fetchWhatIsThere(parts, job, following, report, by);
  if (found === null) {
    const usage = report.usage ?? noUsage;
    const stoppedBy = by ?? (parts.canceled.aborted ? 'signal' : null);
    if (stoppedBy !== null) return { kind: 'stopped', by: stoppedBy, text: report.text, files: [], sample: isSample(report.text), usage };
    return { kind: 'failed', reason: 'The agent finished, but its files could not be fetched.', usage };
  }
  const { files, left, usage } = found;
  const text = [report.text, ...left].filter((part) => part !== '').join('\n\n');
  const sample = isSample(report.text) || files.some(({ name }) => /\bsample\b/i.test(name));
  return by === null ? { kind: 'done', text, files, sample, usage } : { kind: 'stopped', by, text, files, sample, usage };
}

/** Null when the gateway stayed away for too long, or nobody waits for it any more. */
async function fetchWhatIsThere(
  parts: AttemptParts,
  job: AgentJob,
  following: Following,
  report: Report,
  by: Stopped['by'] | null,
): Promise<(Collected & { usage: AgentUsage }) | null> {
  const { gateway, log, folder, clock, leaving, canceled } = parts;
  return withGrace(parts, by === 'signal' ? collectSoonMs : collectGraceMs, async (inTime) => {
    // What was stopped is fetched because somebody stopped it.
    const grace = by === 'signal' ? inTime : AbortSignal.any([inTime, canceled]);
    const collect = async (live: Live) => ({
      ...(await collectFiles(live, job, report.named, following.startedAtMs(), folder, grace)),
      usage: report.usage ?? (await recallUsage(live, { key: keyOf(job), runId: job.runId })),
    });
    while (true) {
      try {
        return await orAborted(collect(await gateway.live(grace)), grace);
      } catch (error) {
        leaving.throwIfAborted();
        if (grace.aborted) return null;
        if (!(error instanceof GatewayError)) throw error;
        if (error.kind === 'refused') return null;
        log.debug({ runId: job.runId, reason: error.message }, 'agent files not fetched yet');
        await clock.sleep(500, grace);
      }
    }
  });
}

async function withGrace<T>({ clock, leaving }: AttemptParts, graceMs: number, act: (grace: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  void clock.sleep(graceMs, over.signal).then(() => over.abort(new Error(`not done in ${graceMs} ms`)));
  try {
    return await act(AbortSignal.any([over.signal, leaving]));
  } finally {
    over.abort();
  }
}
