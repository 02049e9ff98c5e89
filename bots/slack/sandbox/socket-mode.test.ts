// Socket Mode, with Slack's own receiver at the other end.

import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { defaultAppToken } from './server.ts';
import { clientOf, openSlack, silent, type OpenSlack } from './testing/open-slack.ts';

const AWAY_MS = 2_000;
const patient = { timeout: 15_000 };

let world: OpenSlack;
let app: App;
let receiver: SocketModeReceiver;
let heard: string[] = [];
beforeAll(async () => {
  world = await openSlack();
  const { slack, acme, people } = world;
  await people.tierFactor(1000);
  receiver = new SocketModeReceiver({
    appToken: defaultAppToken,
    logger: silent,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
    // A pong has to come within that time, and it opens a new connection that long after one was lost: busy machines need both.
    clientPingTimeout: AWAY_MS,
  } as ConstructorParameters<typeof SocketModeReceiver>[0]);
  app = new App({
    receiver,
    authorize: async () => ({ botToken: acme.token, botId: acme.botId, botUserId: acme.botUser }),
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
    logger: silent,
    ignoreSelf: false,
  });
  app.message(async ({ message }) => void heard.push(String((message as { text?: string }).text)));
  app.command('/impacter', async ({ ack, command }) => ack(`You typed ${command.text}`));
  await people.hook({ socket: true });
  await app.start();
});
afterAll(async () => {
  // stop() does not wait for it.
  const gone = new Promise((resolve) => receiver.client.once('disconnected', resolve));
  await app.stop();
  await gone;
  await world.slack.stop();
});

test('events and commands come over the connection, and what is said while there is none comes once it is back', async () => {
  const { people } = world;
  await vi.waitFor(async () => expect(await people.socketCount()).toBe(1), patient);
  await people.say('C1', 'over the socket', { from: 'U1' });
  await vi.waitFor(() => expect(heard).toEqual(['over the socket']), patient);
  await people.command('C1', 'help', 'U1');
  expect((await people.seen('C1', 'U1')).messages.at(-1)).toMatchObject({ text: 'You typed help', only: 'U1' });

  heard = [];
  await people.dropSockets('refresh_requested');
  await vi.waitFor(async () => expect(await people.socketCount()).toBe(0), patient);
  await people.say('C1', 'while it was down', { from: 'U1' });
  await vi.waitFor(
    async () => expect((await people.deliveries()).filter(({ status }) => status === null).length).toBeGreaterThanOrEqual(2),
    patient,
  );
  await vi.waitFor(async () => expect(await people.socketCount()).toBe(1), patient);
  await people.advance(60_000);
  await vi.waitFor(() => expect(heard).toEqual(['while it was down']), patient);
});

test('a ticket is for the app alone, and works once', async () => {
  const { slack, acme } = world;
  const open = (token: string) => clientOf(slack, token).apps.connections.open();
  await expect(open('xapp-nobody')).rejects.toMatchObject({ data: { error: 'invalid_auth' } });
  await expect(open(acme.token)).rejects.toMatchObject({ data: { error: 'not_allowed_token_type' } });
  const { url } = await open(defaultAppToken);
  const connect = async () => {
    const socket = new WebSocket(url!);
    const event = await new Promise<Event>((resolve) => {
      socket.addEventListener('message', resolve, { once: true });
      socket.addEventListener('error', resolve, { once: true });
    });
    socket.close();
    return event instanceof MessageEvent ? (JSON.parse(String(event.data)) as unknown) : event.type;
  };
  expect(await connect()).toMatchObject({ type: 'hello', num_connections: 2 });
  expect(await connect()).toBe('error');
});
