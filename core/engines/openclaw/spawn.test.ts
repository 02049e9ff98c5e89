// The second driver: one request, one answer, no memory between.
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#core/engines/clock.ts';
import type { Clock } from '#core/ports/clock.ts';
import { clockByHand, passTimeUntil } from '#core/testing/runner/clock-by-hand.ts';
import { jobOf, shown, stageAgents, watching, type AgentsStage } from '#core/testing/stages/agents-stage.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { createSpawnAgents } from './spawn.ts';

const idle = new AbortController().signal;

describe('agents by POST /agent/spawn', () => {
  let stage: AgentsStage;
  beforeEach(async () => {
    stage = await stageAgents();
  });
  afterEach(() => stage.close());

  const open = (some: { url?: string; token?: string; clock?: Clock } = {}) =>
    createSpawnAgents({ url: stage.sandbox.url, token: stage.sandbox.token, clock: systemClock, log: quietLog, ...some });
  const begun = (runId: string) => stage.sandbox.control.runCounts()[runId] ?? 0;

  test('a person gets exactly what was asked for, marked as the sample that it is', async () => {
    const watch = watching();
    const outcome = await open().run(jobOf({ quantity: 12 }), watch, idle);
    expect(await shown(outcome)).toEqual({ kind: 'done', sample: true, files: ['sample-leads.csv: 12 rows'], words: true, used: true });
    expect(watch.told).toEqual(['sending', 'accepted']);
  });

  test('the service is checked', async () => {
    await open().check();
    await expect(open({ url: 'http://127.0.0.1:1' }).check()).rejects.toThrow('ECONNREFUSED');
  });

  test('while it takes no work, the work waits; when it never does, nothing was sent in vain', async () => {
    stage.sandbox.control.set({ refuse: 'unavailable' });
    const waiting = open().run(jobOf(), watching(), idle);
    setTimeout(() => stage.sandbox.control.set({ refuse: null }), 300);
    expect(await shown(await waiting)).toMatchObject({ kind: 'done' });
    const clock = clockByHand();
    let tries = 0;
    const sending = async () => void tries++;
    const never = open({ url: 'http://127.0.0.1:1', clock }).run(jobOf(), watching({ sending }), idle);
    await vi.waitFor(() => (clock.forward(1_000), expect(tries).toBeGreaterThan(1)));
    expect(await passTimeUntil(never, clock)).toMatchObject({
      kind: 'unreachable',
      reason: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  test('a wrong token and a service without the endpoint are told apart', async () => {
    expect(await open({ token: 'wrong' }).run(jobOf(), watching(), idle)).toEqual({
      kind: 'unreachable',
      reason: 'The service refuses our token.',
    });
    await withServer(
      (_request, response) => response.writeHead(404).end(),
      async (url) => {
        expect(await open({ url }).run(jobOf(), watching(), idle)).toEqual({
          kind: 'unreachable',
          reason: 'The service has no POST /agent/spawn.',
        });
      },
    );
  });

  test('an answer that never came means lost, and it is not sent again', async () => {
    stage.sandbox.control.set({ cut: 'before-final' });
    const job = jobOf();
    expect(await shown(await open().run(job, watching(), idle))).toMatchObject({ kind: 'lost' });
    expect(await shown(await open().run({ ...job, phase: 'dispatched', bootId: 'spawn' }, watching(), idle))).toMatchObject({
      kind: 'lost',
    });
    expect(begun(job.runId)).toBe(1);
  });

  test('its model fails, its answer is nonsense, its status is odd: the person learns that it failed', async () => {
    stage.sandbox.control.set({ modelError: 'HTTP 500' });
    expect(await shown(await open().run(jobOf(), watching(), idle))).toEqual({ kind: 'failed', reason: 'HTTP 500' });
    await withServer(
      (_request, response) => response.end('<html>'),
      async (url) => {
        expect(await shown(await open({ url }).run(jobOf(), watching(), idle))).toMatchObject({ kind: 'failed' });
      },
    );
    await withServer(
      (_request, response) => response.writeHead(500).end('oops'),
      async (url) => {
        expect(await shown(await open({ url }).run(jobOf(), watching(), idle))).toEqual({
          kind: 'failed',
          reason: "The agents' service answered 500.",
        });
      },
    );
  });

  test('our deadline and the person’s wish end it, by hanging up', async () => {
    stage.sandbox.control.set({ hang: true });
    const clock = clockByHand();
    const late = open({ clock }).run(jobOf(), watching({ accepted: async () => clock.forward(60_000) }), idle);
    expect(await shown(await late)).toEqual({ kind: 'stopped', by: 'deadline', files: [] });
    const cancel = new AbortController();
    expect(await shown(await open().run(jobOf(), watching({ accepted: async () => cancel.abort() }), cancel.signal))).toEqual({
      kind: 'stopped',
      by: 'signal',
      files: [],
    });
    const agents = open();
    expect(await shown(await agents.run(jobOf(), watching({ accepted: () => agents.close() }), idle))).toEqual({ kind: 'detached' });
  });

  test('files come inline or from the same service, and from nowhere else', async () => {
    const files = [
      { name: '../../inline.txt', sizeBytes: 99, content: Buffer.from('inline').toString('base64') },
      { name: 'there.txt', sizeBytes: 5, url: '/files/there.txt' },
      { name: 'elsewhere.txt', sizeBytes: 5, url: 'http://169.254.169.254/latest' },
    ];
    const seen: string[] = [];
    await withServer(
      (request, response) => {
        seen.push(`${request.url} ${request.headers.authorization}`);
        response.end(request.method === 'POST' ? JSON.stringify({ status: 'ok', text: 'done', files }) : 'there');
      },
      async (url) => {
        const outcome = await open({ url }).run(jobOf(), watching(), idle);
        if (outcome.kind !== 'done') throw new Error(outcome.kind);
        expect(outcome.files.map(({ name, sizeBytes }) => `${name} ${sizeBytes}`)).toEqual([
          'inline.txt 6',
          'there.txt 5',
          'elsewhere.txt 5',
        ]);
        expect(await text(await outcome.files[0]!.open())).toBe('inline');
        expect(await text(await outcome.files[1]!.open())).toBe('there');
        await expect(outcome.files[2]!.open()).rejects.toThrow("outside of the agents' service");
      },
    );
    expect(seen).toEqual(['/agent/spawn Bearer a token for tests', '/files/there.txt Bearer a token for tests']);
  });

  test('a file that is not handed out says whether it may be had later, and is waited for only as long as somebody wants it', async () => {
    const files = ['away', 'gone', 'cut', 'silent'].map((name) => ({ name, sizeBytes: 5, url: `/files/${name}` }));
    await withServer(
      (request, response) => {
        if (request.method === 'POST') response.end(JSON.stringify({ status: 'ok', text: 'done', files }));
        else if (request.url === '/files/away') response.writeHead(503).end();
        else if (request.url === '/files/gone') response.writeHead(404).end();
        else if (request.url === '/files/cut') response.writeHead(200, { 'content-length': 5 }).write('th', () => response.destroy());
      },
      async (url) => {
        const outcome = await open({ url }).run(jobOf(), watching(), idle);
        if (outcome.kind !== 'done') throw new Error(outcome.kind);
        const [away, gone, cut, silent] = outcome.files;
        await expect(away!.open()).rejects.toMatchObject({ code: 'agent.unavailable' });
        await expect(gone!.open()).rejects.toMatchObject({ code: 'file.broken' });
        await expect(cut!.open().then(text)).rejects.toMatchObject({ code: 'agent.unavailable' });
        const cancel = new AbortController();
        const opening = silent!.open(cancel.signal);
        cancel.abort(new Error('not wanted any more'));
        await expect(opening).rejects.toThrow('not wanted any more');
      },
    );
  });

  test('while an attached file does not come, the person’s wish ends it', async () => {
    const cancel = new AbortController();
    const never = {
      name: 'a.txt',
      mime: 'text/plain',
      sizeBytes: 5,
      open: () => (cancel.abort(), new Promise<never>(() => undefined)),
    };
    const watch = watching();
    expect(await shown(await open().run(jobOf({ inputs: [never] }), watch, cancel.signal))).toMatchObject({
      kind: 'stopped',
      by: 'signal',
    });
    expect(watch.told).toEqual([]);
  });
});

async function withServer(answer: http.RequestListener, act: (url: string) => Promise<void>): Promise<void> {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await act(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
