// What Slack tells us over HTTP is acknowledged after it is written down; what it cannot have told us is refused by its status.

import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import { isRefusal, refuse } from '#core/domain/refusals/refusal.ts';
import type { Log } from '#core/ports/log.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { openBolt, type Listen } from './bolt.ts';
import { slackEvents } from './http.ts';

const secrets = ['5a'.repeat(16), 'c3'.repeat(16)];
const clock = clockByHand();
const nowS = () => Math.floor(clock.now().getTime() / 1000);
const event = { type: 'event_callback', team_id: 'T1', event_id: 'Ev1', event: { type: 'message', channel: 'C1', text: 'a-private-word' } };

test('Slack asks for the address to answer, and gets its challenge back, once it is signed', async () => {
  const { tell } = await open();
  expect(await tell({ type: 'url_verification', challenge: 'abc' })).toMatchObject({ status: 200, text: 'abc' });
  expect((await tell({ type: 'url_verification', challenge: 'abc' }, { secret: '00'.repeat(16) })).status).toBe(401);
});

test('each of two signing secrets is taken, so that one can take the place of the other', async () => {
  const { tell, heard } = await open();
  for (const [i, secret] of secrets.entries()) expect((await tell({ ...event, event_id: `Ev${i}` }, { secret })).status).toBe(200);
  expect(heard).toHaveLength(2);
});

test.each([
  ['a wrong signature', 401, event, { secret: '00'.repeat(16) }],
  ['no signature', 401, event, { headers: { 'X-Slack-Signature': '' } }],
  ['a signature that is no hexadecimal number', 401, event, { headers: { 'X-Slack-Signature': `v0=${'z'.repeat(64)}` } }],
  ['an old timestamp', 401, event, { skewS: -301 }],
  ['a timestamp of the future', 401, event, { skewS: 301 }],
  ['no JSON', 400, 'nothing', {}],
  ['a list', 400, [], {}],
  ['a workspace where the app is not installed', 404, { ...event, team_id: 'T2' }, {}],
  ['no workspace', 404, { ...event, team_id: null }, {}],
  ['a kind that nobody listens to', 404, { type: 'block_suggestion', team: { id: 'T1' }, action_id: 'x', user: { id: 'U1' } }, {}],
])('%s is refused with %i, told only once, and its words are in no log', async (_, status, body, how) => {
  const { tell, heard, logged } = await open();
  const answer = await tell(body, how);
  expect([answer.status, answer.headers.get('X-Slack-No-Retry')]).toEqual([status, '1']);
  expect(heard).toEqual([]);
  expect(logged.length).toBeGreaterThan(0);
  expect(logged.join('\n')).not.toContain('a-private-word');
});

test('a timestamp within five minutes is taken, whichever clock is ahead', async () => {
  const { tell } = await open();
  // A busy machine may take some seconds between signing and reading.
  for (const skewS of [-285, 299]) expect((await tell(event, { skewS })).status).toBe(200);
});

test('a body over 1 MB is refused', async () => {
  const { tell, heard } = await open();
  expect((await tell({ ...event, more: 'x'.repeat(1_000_000) })).status).toBe(413);
  expect(heard).toEqual([]);
});

test('the workspace is the one whose app was told, not the one that is named first', async () => {
  const { tell, heard } = await open();
  await tell({ ...event, team_id: 'T9', context_team_id: 'T8', authorizations: [{ team_id: 'T1' }] });
  await tell({ ...event, event_id: 'Ev2', team_id: 'T9', context_team_id: 'T1' });
  expect(heard.map(({ team }) => team)).toEqual(['T1', 'T1']);
});

test('an event is acknowledged after it was written down, and told again where it could not be', async () => {
  const written = Promise.withResolvers<void>();
  let listeners = 0;
  const { tell } = await open((app) =>
    app.event('message', () => (listeners++ === 0 ? written.promise : Promise.reject(new Error('away')))),
  );
  let answered = false;
  const first = tell(event).finally(() => (answered = true));
  await expect.poll(() => listeners).toBe(1);
  expect(answered).toBe(false);
  written.resolve();
  expect((await first).status).toBe(200);
  const second = await tell({ ...event, event_id: 'Ev2' });
  expect([second.status, second.headers.get('X-Slack-No-Retry')]).toEqual([503, null]);
});

test('an event that is told again, even at the same time, is acknowledged without being done again, and done again where it was not taken', async () => {
  let tries = 0;
  const { tell } = await open((app) => app.event('message', () => (tries++ === 0 ? Promise.reject(new Error('away')) : Promise.resolve())));
  expect((await tell(event)).status).toBe(503);
  const again = await Promise.all([1, 2, 3].map(() => tell(event)));
  expect([...again, await tell(event)].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(tries).toBe(2);
});

test('what the core will never take is not told again', async () => {
  const { tell } = await open((app) => app.event('message', () => Promise.reject(refuse('request.invalid', { fields: [] }))));
  const answer = await tell(event);
  expect([answer.status, answer.headers.get('X-Slack-No-Retry')]).toEqual([400, '1']);
});

test('while nobody knows where the app is installed, an event is told again', async () => {
  const { tell } = await open(undefined, () => Promise.reject(new Error('the database is away')));
  expect((await tell(event)).status).toBe(503);
});

test('the words of an acknowledgement reach Slack', async () => {
  const { tell } = await open((app) => app.command('/impacter', ({ ack }) => ack({ response_type: 'ephemeral', text: 'Done.' })));
  const form = new URLSearchParams({ command: '/impacter', team_id: 'T1', user_id: 'U1', channel_id: 'C1', text: 'help' });
  expect(await tell(form)).toMatchObject({ status: 200, text: '{"response_type":"ephemeral","text":"Done."}' });
});

interface How {
  readonly secret?: string;
  readonly skewS?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

async function open(listen?: Listen, find: (team: string) => Promise<Installation | null> = async (team) => (team === 'T1' ? here : null)) {
  const heard: { team: string | undefined }[] = [];
  const logged: string[] = [];
  const note = (facts: object, words: string) => void logged.push(JSON.stringify(facts) + words);
  const log: Log = { debug: note, info: note, warn: note, error: note, child: () => log };
  const bolt = openBolt(listen ?? ((app) => app.event('message', async ({ context }) => void heard.push({ team: context.teamId }))), log);
  const { handle, path } = slackEvents({ secrets, tokens: { of: find }, bolt: async () => bolt, clock, log });
  // As our server does: a refusal is answered with its status.
  const server = createServer((request, response) => {
    void Promise.resolve(handle(request, response)).catch((error: unknown) =>
      response.writeHead(isRefusal(error) ? 413 : 500, { Connection: 'close' }).end(),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  return {
    heard,
    logged,
    async tell(given: unknown, { secret = secrets[0]!, skewS = 0, headers = {} }: How = {}) {
      const isForm = given instanceof URLSearchParams;
      const body = isForm ? given.toString() : typeof given === 'string' ? given : JSON.stringify(given);
      const time = String(nowS() + skewS);
      const signature = `v0=${createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex')}`;
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: {
          'Content-Type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
          'X-Slack-Request-Timestamp': time,
          'X-Slack-Signature': signature,
          ...headers,
        },
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
  };
}

const here: Installation = {
  platform: 'slack',
  externalId: 'T1',
  enterpriseId: null,
  name: 'Acme',
  botUserId: 'UBOT',
  scopes: [],
  installedBy: null,
  version: 1,
  tokens: { bot: 'xoxb-1', refresh: null, expiresAt: null },
};
