import type { Agents } from '#core/ports/agents.ts';
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
  return options.driver === 'spawn' ? createSpawnAgents(options) : createOpenClaw({ ...options, gatewayName: new URL(options.url).host });
}
