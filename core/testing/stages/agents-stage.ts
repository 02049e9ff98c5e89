// Agents on a gateway of their own, with everything they say and do written down. Each frame on the wire is held against the
// protocol's schema; one that does not fit fails the test, whatever it was about.

import { text } from 'node:stream/consumers';
import { agentBrief } from '#core/domain/tasks/agent-brief.ts';
import { systemClock } from '#core/engines/clock.ts';
import { newDeviceKey } from '#core/engines/openclaw/device.ts';
import { createOpenClaw, type OpenClawOptions } from '#core/engines/openclaw/openclaw.ts';
import type { AgentFile, AgentJob, AgentOutcome, Agents, AgentWatch } from '#core/ports/agents.ts';
import { startOpenClawSandbox, type OpenClawSandbox, type OpenClawSandboxOptions } from '#core/sandbox/openclaw/gateway.ts';
import { methods } from '#core/sandbox/openclaw/methods.ts';
import { readProtocolSchema } from '#core/sandbox/openclaw/schema.ts';
import type { Json } from '#core/sandbox/openclaw/wire.ts';
import { quietLog } from '../runner/quiet-log.ts';
import { temporaryFolder } from '../runner/temporary-folder.ts';

export interface AgentsStage {
  readonly sandbox: OpenClawSandbox;
  /** As one of our processes has them. A second call is another process with the same device. */
  open(some?: Partial<OpenClawOptions>): Agents;
  close(): Promise<void>;
}

const deviceKey = newDeviceKey();

/** `requests: 'any'` is for tests that send what must be refused. */
export async function stageAgents(
  some: Partial<OpenClawSandboxOptions> = {},
  { requests = 'checked' as 'checked' | 'any' } = {},
): Promise<AgentsStage> {
  const folder = await temporaryFolder('agents');
  const sandbox = await startOpenClawSandbox({
    token: 'a token for tests',
    dataDir: folder.path,
    ...some,
    faults: { pace: 'instant', ...some.faults },
  });
  const problems = checkFrames(sandbox, requests);
  const opened: Agents[] = [];
  return {
    sandbox,
    open(options = {}) {
      const agents = createOpenClaw({
        url: sandbox.url,
        token: sandbox.token,
        deviceKey,
        gatewayName: 'test',
        clock: systemClock,
        log: quietLog,
        ...options,
      });
      opened.push(agents);
      return agents;
    },
    async close() {
      for (const agents of opened) await agents.close();
      await sandbox.stop();
      await folder.remove();
      if (problems.length > 0) throw new Error(`frames that the protocol does not know:\n- ${problems.join('\n- ')}`);
    },
  };
}

let runs = 0;

export function jobOf(some: Partial<AgentJob> = {}): AgentJob {
  const type = some.type ?? 'lead-generation';
  const runId = some.runId ?? `task-${++runs}-a1`;
  const teamId = some.teamId ?? 'team-1';
  const quantity = some.quantity === undefined ? 3 : some.quantity;
  return {
    runId,
    teamId,
    sessionKey: `agent:${type}:c-${runId}`,
    phase: 'reserved',
    bootId: null,
    type,
    message: 'find me 3 leads in Miami',
    instructions: agentBrief({ type, quantity, unit: 'leads', teamId, runId }),
    quantity,
    inputs: [],
    timeoutMs: 60_000,
    ...some,
  };
}

/** Writes down, in order, what the caller of run() was told. */
export function watching(also: Partial<AgentWatch> = {}): AgentWatch & { readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    async sending(to) {
      told.push('sending');
      await also.sending?.(to);
    },
    async accepted() {
      told.push('accepted');
      await also.accepted?.();
    },
    step(step) {
      told.push(`${step.title}: ${step.state}`);
      also.step?.(step);
    },
  };
}

/** An outcome without what differs from run to run. */
export async function shown(outcome: AgentOutcome): Promise<object> {
  const { kind } = outcome;
  if (kind === 'done')
    return {
      kind,
      sample: outcome.sample,
      files: await Promise.all(outcome.files.map(rowsOf)),
      words: outcome.text !== '',
      used: outcome.usage.outputTokens > 0,
    };
  if (kind === 'stopped') return { kind, by: outcome.by, files: outcome.files.map(({ name }) => name) };
  return 'reason' in outcome ? { kind, reason: outcome.reason } : { kind };
}

async function rowsOf(file: AgentFile): Promise<string> {
  const content = await text(await file.open());
  return `${file.name}: ${content.trimEnd().split('\n').length - 1} rows`;
}

const events: Record<string, string> = { agent: 'AgentEvent', chat: 'ChatEvent', tick: 'TickEvent', shutdown: 'ShutdownEvent' };

function checkFrames(sandbox: OpenClawSandbox, requests: 'checked' | 'any'): readonly string[] {
  const schema = readProtocolSchema();
  const asked = new Map<string, string>();
  const problems: string[] = [];
  const check = (what: string, definition: string | null | undefined, value: unknown) => {
    const problem = definition === null || definition === undefined ? null : schema.problem(definition, value);
    if (problem !== null) problems.push(`${what}: ${problem}`);
  };
  sandbox.control.onFrame((direction, frame) => {
    check(`a frame ${direction}`, 'GatewayFrame', frame);
    const { type, id, method, event, ok, payload, params } = frame as Json & { id: string; method: string; event: string };
    if (type === 'req') {
      asked.set(id, method);
      if (requests === 'checked') check(method, method === 'connect' ? 'ConnectParams' : methods[method]?.params, params);
    } else if (type === 'res' && ok === true) {
      const to = asked.get(id)!;
      check(`the answer to ${to}`, to === 'connect' ? 'HelloOk' : methods[to]?.result, payload);
      const session = to === 'sessions.describe' ? (payload as { session: unknown }).session : null;
      if (session !== null) check('a session', 'SessionRow', session);
    } else if (type === 'event') {
      check(`the event ${event}`, events[event], payload);
      if (event === 'task') check('a task', 'TaskSummary', (payload as { task: unknown }).task);
    }
  });
  return problems;
}
