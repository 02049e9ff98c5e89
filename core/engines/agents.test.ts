// What a service of agents says is untrusted, whichever driver brings it.
import http from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { jobOf, watching } from '#core/testing/stages/agents-stage.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { createAgents } from './agents.ts';
import { systemClock } from './clock.ts';

const idle = new AbortController().signal;

test('what an agent says can be stored, moves no cursor, and lies to nobody about how it looks', async () => {
  const text = 'Done\u0000. \u001b]0;gone\u0007\u001b[2J\u009b31m \u202egnp.exe \ud800';
  expect(await runOn({ status: 'ok', text })).toMatchObject({ kind: 'done', text: 'Done. ]0;gone[2J31m gnp.exe' });
  expect(await runOn({ status: 'error', reason: 'no\u0000 model' })).toMatchObject({ kind: 'failed', reason: 'no model' });
});

test('a reply of megabytes is cut before every reader of a history gets it', async () => {
  const outcome = await runOn({ status: 'ok', text: 'word '.repeat(1_000_000) });
  expect('text' in outcome && outcome.text.length).toBeLessThanOrEqual(20_000);
});

test('numbers beyond belief cost those numbers, not the task', async () => {
  const usage = { inputTokens: 1e300, outputTokens: 1.5, toolCalls: -1, durationMs: 2.5, costUsd: 1e300 };
  expect(await runOn({ status: 'ok', text: 'Done.', usage })).toMatchObject({
    usage: { inputTokens: 0, outputTokens: 2, toolCalls: 0, durationMs: 3, costMicroUsd: 0 },
  });
});

/** What comes of an answer of a service behind `POST /agent/spawn`. */
async function runOn(answer: object) {
  const server = http.createServer((_request, response) => response.end(JSON.stringify(answer)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const agents = createAgents({ driver: 'spawn', url, token: 't', deviceKey: '', clock: systemClock, log: quietLog });
  return agents.run(jobOf(), watching(), idle);
}
