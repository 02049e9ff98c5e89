import { resultLimits } from '#core/domain/asks/limits.ts';
import { cleanText, shorten } from '#core/domain/text/text.ts';
import type { AgentOutcome, Agents } from '#core/ports/agents.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { createOpenClaw } from './openclaw/openclaw.ts';
import { createSpawnAgents } from './openclaw/spawn.ts';

export interface AgentsOptions {
  /** OPENCLAW_DRIVER: the gateway's own protocol, or `POST /agent/spawn`. */
  readonly driver: 'gateway' | 'spawn';
  readonly url: string;
  readonly token: string;
  /** The same for all workers: newDeviceKey(). */
  readonly deviceKey: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the gateway keeps its agents' workspaces, when we share its disk. */
  readonly workspaceRoot?: string;
}

export function createAgents(options: AgentsOptions): Agents {
  const agents =
    options.driver === 'spawn' ? createSpawnAgents(options) : createOpenClaw({ ...options, gatewayName: new URL(options.url).host });
  return { ...agents, run: async (...call) => cleaned(await agents.run(...call)) };
}

/** This is the edge where an agent's words come in. From here on they can be stored, and lie to nobody about how they look. */
function cleaned(outcome: AgentOutcome): AgentOutcome {
  if ('text' in outcome) return { ...outcome, text: words(outcome.text) };
  return 'reason' in outcome ? { ...outcome, reason: words(outcome.reason) } : outcome;
}

// A reply may have the size of a frame; what can never be kept of it is not worth cleaning.
function words(text: string): string {
  const { textCharacters } = resultLimits;
  return shorten(cleanText(text.slice(0, textCharacters * 10)), textCharacters);
}
