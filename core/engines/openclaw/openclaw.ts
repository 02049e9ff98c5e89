// Agents by OpenClaw's own gateway protocol. This is the first choice: it tells exactly what a run used, never runs the same
// key twice, and lets us pick up what an earlier process began.

import path from 'node:path';
import { agentsReplySchema } from '#core/contracts/openclaw.ts';
import { agentTypes } from '#core/domain/tasks/agent-type.ts';
import type { Agents } from '#core/ports/agents.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { carry, Stopped } from './attempt.ts';
import { createGateway } from './connection.ts';
import { deviceOf } from './device.ts';
import { read } from './read.ts';
import { openRunFolder } from './files/run-folder.ts';

export interface OpenClawOptions {
  /** ws://127.0.0.1:18789 or wss://…; http and https are taken for them. */
  readonly url: string;
  readonly token: string;
  /** A private key from newDeviceKey() or keepDeviceKey(), the same for all workers. */
  readonly deviceKey: string;
  /** Kept with each attempt: which gateway has it. */
  readonly gatewayName: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the gateway keeps its agents' workspaces, `<workspaceRoot>/<agent type>`, when we share its disk. */
  readonly workspaceRoot?: string;
}

const checkTimeoutMs = 5_000;

export function createOpenClaw(options: OpenClawOptions): Agents {
  const { clock, log, gatewayName, workspaceRoot } = options;
  const gateway = createGateway({ ...options, device: deviceOf(options.deviceKey) });
  const leaving = new AbortController();
  const running = new Set<Promise<unknown>>();

  return {
    async run(job, watch, signal) {
      const stop = new AbortController();
      const onAbort = () => stop.abort(new Stopped('signal'));
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      const over = new AbortController();
      void clock.sleep(job.timeoutMs, over.signal).then(() => {
        if (!over.signal.aborted) stop.abort(new Stopped('deadline'));
      });
      const folder = workspaceRoot === undefined ? null : openRunFolder(path.join(workspaceRoot, job.type), job);
      const carried = carry(
        { gateway, gatewayName, clock, log, folder, leaving: leaving.signal, canceled: signal },
        job,
        watch,
        stop.signal,
      );
      running.add(carried);
      try {
        return await carried;
      } finally {
        running.delete(carried);
        over.abort();
        signal.removeEventListener('abort', onAbort);
      }
    },

    async check(signal) {
      const over = AbortSignal.timeout(checkTimeoutMs);
      const live = await gateway.liveUnlessRefused(signal ? AbortSignal.any([over, signal]) : over).catch((error: unknown) => {
        throw new Error(gateway.trouble() ?? String(error), { cause: error });
      });
      const { agents } = read(agentsReplySchema, await live.request('agents.list', {}, { timeoutMs: checkTimeoutMs }));
      const missing = agentTypes.filter((type) => !agents.some(({ id }) => id === type));
      if (missing.length > 0)
        throw new Error(`The gateway has no agent called ${missing.join(', ')}. Add each to agents.entries in its configuration.`);
    },

    async close() {
      leaving.abort(new Error('this process goes away'));
      await Promise.allSettled(running);
      await gateway.close();
    },
  };
}
