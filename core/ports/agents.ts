import type { Readable } from 'node:stream';
import type { AgentType } from '#core/domain/tasks/agent-type.ts';

/** Somebody else's machines that do the work: at-least-once, and not to be trusted with our memory. */
export interface Agents {
  /**
   * Carries one attempt to its end, or picks it up where an earlier process left it.
   * Never rejects for anything that happens outside: each of those is an outcome. Aborting the signal asks the agent to stop.
   */
  run(job: AgentJob, watch: AgentWatch, signal: AbortSignal): Promise<AgentOutcome>;
  /** Rejects when no agent can be reached now. */
  check(signal?: AbortSignal): Promise<void>;
  /** For the end of this process: no agent is stopped, and what still runs is `detached`. */
  close(): Promise<void>;
}

export interface AgentJob {
  /** Made and stored by us before anything is sent; the agent's idempotency key. */
  readonly runId: string;
  /** Whose work it is. With the run's id it names the only folder that files are taken from. */
  readonly teamId: string;
  /** Tasks with the same session share the agent's memory of the conversation. */
  readonly sessionKey: string;
  /** `reserved`: perhaps never sent. `dispatched`: sent to the gateway start named by `bootId`. */
  readonly phase: 'reserved' | 'dispatched';
  readonly bootId: string | null;
  readonly type: AgentType;
  /** What the person asked, with the conversation so far where the session does not know it. */
  readonly message: string;
  /** What we ask of the agent beside it, made by agentBrief(): how to hand over files, how many units. */
  readonly instructions: string;
  /** Units asked for, where the type is countable. */
  readonly quantity: number | null;
  readonly inputs: readonly AgentInput[];
  /** From now until we give up: for an attempt that is picked up again, what is left of its time. */
  readonly timeoutMs: number;
}

export interface AgentInput {
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  open(signal?: AbortSignal): Promise<Readable>;
}

/** What the caller wants to know while a run goes on. */
export interface AgentWatch {
  /** Awaited before the request leaves, so that a later process knows it may have been sent. */
  sending(to: { gateway: string; bootId: string }): Promise<void>;
  accepted(): Promise<void>;
  /** A step began, moved or ended. Steps may repeat; `id` tells which. */
  step(step: AgentStep): void;
}

export interface AgentStep {
  readonly id: string;
  readonly title: string;
  readonly state: 'running' | 'done' | 'failed';
}

export type AgentOutcome =
  | {
      readonly kind: 'done';
      readonly text: string;
      readonly files: readonly AgentFile[];
      readonly usage: AgentUsage;
      /** Marked by the agent as made-up sample data. */ readonly sample: boolean;
    }
  | { readonly kind: 'failed'; readonly reason: string; readonly usage: AgentUsage }
  /** Our deadline or the caller's signal ended it. */
  | {
      readonly kind: 'stopped';
      readonly by: 'deadline' | 'signal';
      readonly text: string;
      readonly files: readonly AgentFile[];
      readonly usage: AgentUsage;
      readonly sample: boolean;
    }
  /** It was accepted, or may have been, and its end cannot be learned: it may have had effects outside. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** It was never accepted, so it may be sent again. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** We were closed while it went on. Nothing is decided: a later process picks the attempt up from its stored phase. */
  | { readonly kind: 'detached' };

export interface AgentFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** Rejects with an AgentFileError when the agents' side does not hand it out. */
  open(signal?: AbortSignal): Promise<Readable>;
}

/** `file.broken`: it is not there, or not as it was said to be; that stays so. `agent.unavailable`: it may be had later. */
export class AgentFileError extends Error {
  readonly code: 'file.broken' | 'agent.unavailable';

  constructor(code: AgentFileError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AgentFileError';
    this.code = code;
  }
}

/** What a run used. Cost is what it cost us, in millionths of a US dollar. */
export interface AgentUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly toolCalls: number;
  readonly durationMs: number;
  readonly costMicroUsd: number;
}
