// The other driver: `POST /agent/spawn {type, task}`, one request that answers when the work is done. OpenClaw itself has no
// such endpoint; services in front of it may. It has no memory of runs, so what was sent and not answered is lost, and is
// never sent again.

import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { spawnReplySchema } from '#core/contracts/openclaw.ts';
import { isSample } from '#core/domain/tasks/agent-brief.ts';
import { safeFileName } from '#core/domain/files/file-name.ts';
import { AgentFileError, type AgentFile, type AgentJob, type AgentOutcome, type Agents, type AgentWatch } from '#core/ports/agents.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { handOver, InputRefused } from './files/inputs.ts';
import { orAborted } from './or-aborted.ts';
import { noUsage } from './usage.ts';

export interface SpawnOptions {
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  readonly log: Log;
}

const limits = { frameBytes: 1_000_000, imageBytes: 0 };
const REPLY_BYTES_MOST = 50_000_000;
const checkTimeoutMs = 5_000;
const fileTimeoutMs = 60_000;
const retryMs = 1_000;

export function createSpawnAgents(options: SpawnOptions): Agents {
  const { clock, token, log } = options;
  const base = new URL(options.url.replace(/^ws/, 'http'));
  const leaving = new AbortController();

  return {
    async run(job, watch, signal) {
      if (job.phase === 'dispatched')
        return { kind: 'lost', reason: 'It was sent by a process that is gone, and nobody can be asked about it.' };
      const over = new AbortController();
      const deadline = new AbortController();
      void clock.sleep(job.timeoutMs, over.signal).then(() => !over.signal.aborted && deadline.abort());
      const stop = AbortSignal.any([deadline.signal, signal, leaving.signal]);
      try {
        return await spawn(job, watch, stop);
      } catch (error) {
        if (error instanceof InputRefused) return { kind: 'failed', reason: error.message, usage: noUsage };
        if (leaving.signal.aborted) return { kind: 'detached' };
        // Hanging up is the only way to stop it, and has been done.
        if (stop.aborted)
          return { kind: 'stopped', by: signal.aborted ? 'signal' : 'deadline', text: '', files: [], usage: noUsage, sample: false };
        throw error;
      } finally {
        over.abort();
      }
    },

    async check(signal) {
      const over = AbortSignal.any([AbortSignal.timeout(checkTimeoutMs), ...(signal ? [signal] : [])]);
      const { response } = await send('GET', new URL('/healthz', base), null, over);
      response.destroy();
      if (response.statusCode! >= 500) throw new Error(`the agents' service answered ${response.statusCode}`);
    },

    async close() {
      leaving.abort();
    },
  };

  async function spawn(job: AgentJob, watch: AgentWatch, stop: AbortSignal): Promise<AgentOutcome> {
    const { message } = await orAborted(handOver(job, limits, null, stop), stop);
    const body = JSON.stringify({
      type: job.type,
      task: message,
      instructions: job.instructions,
      quantity: job.quantity,
      session: job.sessionKey,
      timeoutSeconds: Math.ceil(job.timeoutMs / 1000),
    });
    let lastTrouble = 'No agent took it in time.';
    while (true) {
      if (stop.aborted) return { kind: 'unreachable', reason: lastTrouble };
      await watch.sending({ gateway: base.host, bootId: 'spawn' });
      const end = await tryOnce(
        job,
        body,
        () =>
          void watch.accepted().catch((error: unknown) => log.error({ runId: job.runId, reason: String(error) }, 'acceptance not noted')),
        stop,
      );
      if (end.kind !== 'again') return end;
      lastTrouble = end.reason;
      await clock.sleep(retryMs, stop);
    }
  }

  async function tryOnce(
    job: AgentJob,
    body: string,
    onSent: () => void,
    stop: AbortSignal,
  ): Promise<AgentOutcome | { kind: 'again'; reason: string }> {
    let sent = false;
    let response: http.IncomingMessage;
    try {
      ({ response } = await send(
        'POST',
        new URL('/agent/spawn', base),
        { body, key: job.runId, onSent: () => ((sent = true), onSent()) },
        stop,
      ));
    } catch (error) {
      stop.throwIfAborted();
      const reason = (error as Error).message;
      return sent ? { kind: 'lost', reason: `The connection broke before an answer came: ${reason}` } : { kind: 'again', reason };
    }
    const status = response.statusCode!;
    if (status === 503 || status === 429) {
      response.resume();
      return { kind: 'again', reason: `The agents' service answered ${status}.` };
    }
    if (status === 401 || status === 403 || status === 404) {
      response.resume();
      return { kind: 'unreachable', reason: status === 404 ? 'The service has no POST /agent/spawn.' : 'The service refuses our token.' };
    }
    const text = await readReply(response).catch(() => null);
    stop.throwIfAborted();
    if (text === null) return { kind: 'lost', reason: 'The connection broke in the middle of the answer.' };
    if (status !== 200) return { kind: 'failed', reason: `The agents' service answered ${status}.`, usage: noUsage };
    return outcomeOf(text);
  }

  function outcomeOf(text: string): AgentOutcome {
    const reply = spawnReplySchema.safeParse(parse(text));
    if (!reply.success) return { kind: 'failed', reason: "The agents' service gave an answer of another shape.", usage: noUsage };
    const { costUsd, ...counts } = reply.data.usage;
    const usage = { ...counts, costMicroUsd: Math.round(costUsd * 1_000_000) };
    if (reply.data.status === 'error') return { kind: 'failed', reason: reply.data.reason ?? 'The agent ended in an error.', usage };
    const files = reply.data.files.map(fileOf);
    const sample = isSample(reply.data.text) || files.some(({ name }) => /\bsample\b/i.test(name));
    return { kind: 'done', text: reply.data.text, files, usage, sample };
  }

  function fileOf({
    name,
    sizeBytes,
    content,
    url,
  }: {
    name: string;
    sizeBytes: number;
    content?: string | undefined;
    url?: string | undefined;
  }): AgentFile {
    if (content !== undefined) {
      const bytes = Buffer.from(content, 'base64');
      return { name: safeFileName(name), sizeBytes: bytes.length, open: async () => Readable.from(bytes.length === 0 ? [] : [bytes]) };
    }
    return { name: safeFileName(name), sizeBytes, open: (signal) => download(url, signal) };
  }

  async function download(address: string | undefined, signal: AbortSignal | undefined): Promise<Readable> {
    const url = address === undefined ? null : URL.parse(address, base.href);
    // Our token goes nowhere else, and no agent may make us fetch from there.
    if (url === null || url.origin !== base.origin)
      throw new AgentFileError('file.broken', "a result file lies outside of the agents' service");
    const over = AbortSignal.any([AbortSignal.timeout(fileTimeoutMs), ...(signal ? [signal] : [])]);
    const { response } = await send('GET', url, null, over).catch((error: unknown) => brokeOff(error, signal));
    const { statusCode = 0 } = response;
    if (statusCode === 200) return Readable.from(whole(response, signal), { objectMode: false });
    response.destroy();
    throw new AgentFileError(
      statusCode === 429 || statusCode >= 500 ? 'agent.unavailable' : 'file.broken',
      `a result file answered ${statusCode}`,
    );
  }

  async function send(method: string, url: URL, post: { body: string; key: string; onSent: () => void } | null, signal: AbortSignal) {
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method,
      signal,
      agent: false,
      headers: { authorization: `Bearer ${token}`, ...(post && { 'content-type': 'application/json', 'idempotency-key': post.key }) },
    });
    request.once('response', resolve);
    request.once('error', reject);
    if (post) request.once('finish', post.onSent);
    request.end(post?.body);
    return { response: await promise };
  }
}

/** A download that breaks off may succeed the next time. */
async function* whole(response: http.IncomingMessage, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  try {
    yield* response as AsyncIterable<Buffer>;
  } catch (error) {
    brokeOff(error, signal);
  }
}

function brokeOff(error: unknown, signal: AbortSignal | undefined): never {
  signal?.throwIfAborted();
  throw new AgentFileError('agent.unavailable', "the agents' service broke off", { cause: error });
}

async function readReply(response: http.IncomingMessage): Promise<string> {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > REPLY_BYTES_MOST) response.destroy(new Error('the answer is too large'));
  });
  return readText(response);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
