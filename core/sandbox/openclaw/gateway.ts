// A stand-in for an OpenClaw gateway on loopback: protocol 4 over WebSocket, checked against the schema the protocol package
// ships, with the rules the real one showed (one run a session, one run a key, who may stop it, what a restart forgets).
// Behind it are small agents of its own. It is reached over the network only, by the real client.

import { randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { createAudience } from './audience.ts';
import { openDisk } from './disk.ts';
import { noFaults, type Faults } from './faults.ts';
import { answerHttp } from './http.ts';
import { pause } from './pause.ts';
import { createRuns, type Run, type Runs } from './runs.ts';
import { readProtocolSchema } from './schema.ts';
import { openShelf } from './shelf.ts';
import { serve, type Door } from './socket.ts';
import { policy, type Json } from './wire.ts';

export interface OpenClawSandboxOptions {
  /** A free one when left out. */
  readonly port?: number;
  readonly token: string;
  readonly dataDir: string;
  /** Pages or origins on this machine that its web-scraping agent may fetch. For tests; without them it fetches none here. */
  readonly loopbackPages?: readonly string[];
  readonly faults?: Partial<Faults>;
  readonly tickIntervalMs?: number;
}

export interface OpenClawSandbox {
  /** For OPENCLAW_URL; with http in the place of ws for the other driver. */
  readonly url: string;
  readonly token: string;
  /** `<workspaceRoot>/<agent type>`: for clients on the same machine. */
  readonly workspaceRoot: string;
  readonly control: Control;
  stop(): Promise<void>;
}

export interface Control {
  set(faults: Partial<Faults>): void;
  /**
   * As if the process had been killed and started again: another boot id, nothing in memory, finished sessions kept. What it
   * cut short in a session that has a transcript is resumed a little later, as the real one does: as another run.
   */
  restart(): void;
  dropConnections(): void;
  /** How often the work of each run really began. */
  runCounts(): Record<string, number>;
  /** Every frame from now on, until the returned function is called. */
  onFrame(listener: (direction: 'in' | 'out', frame: Json) => void): () => void;
}

const RESUME_AFTER_MS = 300;

export async function startOpenClawSandbox(options: OpenClawSandboxOptions): Promise<OpenClawSandbox> {
  const { token, dataDir, loopbackPages = [], tickIntervalMs = 30_000 } = options;
  let faults: Faults = { ...noFaults, ...options.faults };
  let bootId = randomUUID();
  const closing = new AbortController();
  const listeners = new Set<(direction: 'in' | 'out', frame: Json) => void>();
  const disk = openDisk(dataDir);
  disk.endWhatRan(Date.now());
  const shelf = openShelf(disk.workspaceRoot);
  const audience = createAudience(() => faults.duplicateEvents);
  const stage = { audience, shelf, faults: () => faults, loopbackPages, crash };
  let runs = createRuns(stage, disk);

  const door: Door = {
    disk,
    shelf,
    audience,
    token,
    tickIntervalMs,
    schema: readProtocolSchema(),
    closing: closing.signal,
    runs: () => runs,
    faults: () => faults,
    bootId: () => bootId,
    takeCut(at) {
      const strikes = faults.cut === at;
      if (strikes) faults = { ...faults, cut: null };
      return strikes;
    },
    onFrame: (direction, frame) => listeners.forEach((listener) => listener(direction, frame)),
  };

  const control: Control = {
    set(some) {
      faults = { ...faults, ...some };
      if (faults.down) control.dropConnections();
    },
    restart() {
      const cut = runs.die();
      control.dropConnections();
      disk.endWhatRan(Date.now());
      runs = createRuns(stage, disk);
      bootId = randomUUID();
      void resume(runs, cut);
    },
    dropConnections: () => audience.clients.forEach((client) => client.terminate()),
    runCounts: disk.runCounts,
    onFrame(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  function crash() {
    faults = { ...faults, crash: false };
    control.restart();
  }

  async function resume(into: Runs, cut: readonly Run[]) {
    await pause(RESUME_AFTER_MS, closing.signal).catch(() => {});
    for (const { request, owner } of cut) {
      const hasTranscript = (await disk.session(request.sessionKey)) !== null;
      if (hasTranscript && runs === into && !closing.signal.aborted)
        into.begin({ ...request, runId: randomUUID(), instructions: '' }, owner);
    }
  }

  const server = http.createServer(answerHttp(door, control, token));
  const sockets = new WebSocketServer({ noServer: true, maxPayload: policy.maxPayload });
  server.on('upgrade', (request, socket, head) => {
    if (faults.down || closing.signal.aborted) return socket.destroy();
    sockets.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket, door));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve));
  const tick = setInterval(() => audience.ofAll('tick', { ts: Date.now() }), tickIntervalMs);
  tick.unref();

  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    workspaceRoot: disk.workspaceRoot,
    control,
    async stop() {
      clearInterval(tick);
      audience.ofAll('shutdown', { reason: 'sandbox stopped' });
      closing.abort(new Error('the sandbox stops'));
      runs.die();
      control.dropConnections();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
