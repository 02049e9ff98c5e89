// What an agent of the sandbox gets to work with. Agents do honest small work: what they can really do (fetch a page, count,
// write a document) they do; everything else is plainly marked as made up.

import type { AgentType } from '#core/domain/tasks/agent-type.ts';

export interface Work {
  readonly type: AgentType;
  /** What is asked now. */
  readonly request: string;
  /** What this conversation was about before, oldest first. */
  readonly earlier: readonly Turn[];
  readonly brief: { readonly quantity: number | null; readonly unit: string | null };
  /** Names of the files the person attached. */
  readonly attached: readonly string[];
  /** From 0 to 1, the same series for the same request. */
  readonly random: () => number;
  /** One visible step of work. */
  step<T>(tool: string, title: string, act: () => T | Promise<T>): Promise<T>;
  /** Writes a result file. */
  write(name: string, content: string | Buffer): Promise<void>;
  readonly signal: AbortSignal;
  readonly loopbackPages: readonly string[];
}

/** What a session keeps in mind of a request, for those that follow. */
export interface Turn {
  readonly request: string;
  readonly quantity: number | null;
}

/** Gives the reply. */
export type SandboxAgent = (work: Work) => Promise<string>;
