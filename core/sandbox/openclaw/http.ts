// What the sandbox answers over HTTP: whether it is there, the second driver's endpoint, and its own switches.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { agentTypes } from '#core/domain/tasks/agent-type.ts';
import { faultsSchema, type Faults } from './faults.ts';
import { sameText } from './handshake.ts';
import type { House } from './methods.ts';
import { mimeOf } from './shelf.ts';
import { isObject, type Json } from './wire.ts';

export interface Switches {
  set(faults: Partial<Faults>): void;
  restart(): void;
}

const BODY_BYTES_MOST = 1_000_000;

export function answerHttp(house: House, switches: Switches, token: string): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    route(request, response).catch((error: unknown) => {
      if (!response.headersSent) reply(response, 500, { error: error instanceof Error ? error.message : String(error) });
      else response.destroy();
    });
  };

  async function route(request: IncomingMessage, response: ServerResponse) {
    const url = URL.parse(request.url ?? '/', 'http://sandbox');
    const what = `${request.method} ${url?.pathname}`;
    if (what === 'GET /healthz') return reply(response, 200, { ok: true });
    if (what === 'GET /readyz') {
      const { down, silent, refuse } = house.faults();
      const ready = !down && !silent && refuse === null;
      return reply(response, ready ? 200 : 503, { ready });
    }
    // A page in a browser can reach loopback too; it does not have the token.
    if (!sameText(request.headers.authorization ?? '', `Bearer ${token}`)) return reply(response, 401, { error: 'unauthorized' });
    const file = /^GET (\/agent\/files\/.+)$/.exec(what);
    if (file) return sendFile(file[1]!, response);
    switch (what) {
      case 'GET /sandbox/runs':
        return reply(response, 200, { runs: house.disk.runCounts() });
      case 'GET /sandbox/faults':
        return reply(response, 200, house.faults());
      case 'POST /sandbox/faults': {
        const faults = faultsSchema.partial().safeParse(await readJson(request));
        if (!faults.success) return reply(response, 400, { error: z.prettifyError(faults.error) });
        switches.set(faults.data as Partial<Faults>);
        return reply(response, 200, house.faults());
      }
      case 'POST /sandbox/restart':
        switches.restart();
        return reply(response, 200, { ok: true });
      case 'POST /agent/spawn':
        return spawn(request, response);
      default:
        return reply(response, 404, { error: 'not found' });
    }
  }

  async function spawn(request: IncomingMessage, response: ServerResponse) {
    const asked = spawnSchema.safeParse(await readJson(request));
    if (!asked.success) return reply(response, 400, { error: z.prettifyError(asked.error) });
    const { type, task, instructions, session, timeoutSeconds } = asked.data;
    const { refuse, down } = house.faults();
    if (refuse !== null || down) return reply(response, 503, { error: 'no agent takes work now' });
    const key = request.headers['idempotency-key'];
    const runId = typeof key === 'string' ? key : `spawn-${randomUUID()}`;
    const sessionKey = `agent:${type}:${(session ?? runId).replace(/^agent:[^:]+:/, '')}`.toLowerCase();
    const run =
      house.runs().find(runId) ??
      house
        .runs()
        .begin({ runId, sessionKey, agentId: type, message: task, instructions, timeoutSeconds }, { connId: runId, deviceId: null });
    // Who hangs up gives the work up.
    response.once('close', () => void (!response.writableEnded && run.stop.abort('rpc')));
    const { payload, error } = await run.answered;
    if (house.takeCut('before-final')) return response.destroy();
    if (error !== undefined) return reply(response, 200, { status: 'error', reason: error.message, text: '', files: [] });
    return reply(response, 200, await spawnReply(type, payload));
  }

  async function spawnReply(agentId: string, payload: Json): Promise<Json> {
    const { payloads, meta } = payload['result'] as { payloads: { text: string; mediaUrls?: string[] }[]; meta: Meta };
    const files = (payloads[0]?.mediaUrls ?? []).map(async (named) => {
      const path = named.replace(/^\.\//, '');
      const facts = await house.shelf.look(agentId, path);
      return {
        name: path.split('/').at(-1)!,
        sizeBytes: facts?.size ?? 0,
        url: `/agent/files/${agentId}/${path.split('/').map(encodeURIComponent).join('/')}`,
      };
    });
    const { usage, costUsd } = meta.agentMeta;
    return {
      status: payload['status'] === 'ok' ? 'ok' : 'error',
      text: payloads.map(({ text }) => text).join('\n\n'),
      files: await Promise.all(files),
      usage: {
        inputTokens: usage.input,
        outputTokens: usage.output,
        toolCalls: meta.toolSummary.calls,
        durationMs: meta.durationMs,
        costUsd,
      },
    };
  }

  async function sendFile(pathname: string, response: ServerResponse) {
    const [agentId = '', ...rest] = pathname.slice('/agent/files/'.length).split('/').map(decodeURIComponent);
    if (!(agentTypes as readonly string[]).includes(agentId)) return reply(response, 404, { error: 'not found' });
    const path = rest.join('/');
    const content = await house.shelf.open(agentId, path);
    if (content === null) return reply(response, 404, { error: 'not found' });
    response.writeHead(200, { 'content-type': mimeOf(path) });
    content.pipe(response);
  }
}

interface Meta {
  readonly durationMs: number;
  readonly toolSummary: { readonly calls: number };
  readonly agentMeta: { readonly usage: { readonly input: number; readonly output: number }; readonly costUsd: number };
}

const spawnSchema = z.object({
  type: z.enum(agentTypes),
  task: z.string().min(1),
  instructions: z.string().default(''),
  session: z.string().optional(),
  timeoutSeconds: z.int().positive().nullable().default(null),
});

function reply(response: ServerResponse, status: number, body: Json | Faults) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_BYTES_MOST) throw new Error('the body is too large');
    chunks.push(chunk as Buffer);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return isObject(body) ? body : null;
  } catch {
    return null;
  }
}
