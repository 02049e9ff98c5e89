// Discord for a machine without Discord: a strict part of its REST API, its gateway, interactions and files, on loopback. What people
// do, and what tests want to see or to break, is below /people.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sandboxClock } from '#bots/stand-in/clock.ts';
import { startFaults } from '#bots/stand-in/faults.ts';
import { answerPeople } from '#bots/stand-in/people.ts';
import { startGateway } from './gateway/server.ts';
import { startWaiting } from './interactions/waiting.ts';
import { startLimits } from './limits/buckets.ts';
import { startLogIns } from './log-in.ts';
import { startRefusals } from './limits/refusals.ts';
import { acts } from './people/acts.ts';
import { answerRest, faultBodies, send, sendAnswer } from './rest/answer.ts';
import { openShelf } from './shelf.ts';
import { openState } from './state.ts';
import { keyFrom, startTelling } from './tell.ts';
import type { World } from './world.ts';

export interface DiscordSandbox {
  readonly url: string;
  /** For the app's `apiUrl`: ends in /api. */
  readonly apiUrl: string;
  /** Where files are fetched: for `cdnHosts`. */
  readonly cdnHost: string;
  /** Hex of the Ed25519 key with which interactions and events by HTTP are signed. */
  readonly publicKey: string;
  stop(): Promise<void>;
}

export interface DiscordSandboxOptions {
  /** 0, or nothing, for any free one. */
  readonly port?: number;
  /** Remembers everything there, and files in a folder beside it; forgets without one. */
  readonly file?: string;
  /** What people and tests come with; without one everybody on this machine may act for them. */
  readonly peopleToken?: string;
  readonly now?: () => Date;
  /** The bot's. */
  readonly token?: string;
  readonly clientSecret?: string;
  /** Where people may be sent back to who log in; anywhere when it is left out. */
  readonly redirectUris?: readonly string[];
  /** How many times as many calls as Discord allows. */
  readonly limitFactor?: number;
  /** Ms between two heartbeats; 41,250 where it is left out, as at Discord. */
  readonly heartbeatMs?: number;
}

export const defaultToken = 'sandbox-bot-token';
export const defaultClientSecret = 'sandbox-client-secret';

export async function startDiscordSandbox(options: DiscordSandboxOptions = {}): Promise<DiscordSandbox> {
  const { port = 0, file = null, peopleToken, now = () => new Date(), token = defaultToken } = options;
  const { limitFactor = 1, heartbeatMs = 41_250, clientSecret = defaultClientSecret } = options;
  const clock = sandboxClock(now);
  const state = openState(file, clock.now);
  // The same for the same token, so that an app need not be told after a restart.
  const { key, publicKey } = keyFrom(createHash('sha256').update(`sandbox ${token}`).digest());
  let url = '';
  const limits = startLimits(clock.now, limitFactor);
  const world: World = {
    state,
    clock,
    limits,
    faults: startFaults(sendAnswer, faultBodies),
    refusals: startRefusals(),
    shelf: openShelf(file === null ? null : `${file}.files`, () => url, clock),
    gateway: startGateway({
      state,
      clock,
      token,
      url: () => url,
      file: file === null ? null : `${file}.gateway`,
      heartbeatMs,
      limitFactor: limits.factor,
    }),
    tell: startTelling(clock, key),
    waiting: startWaiting(),
    get logIns() {
      return logIns;
    },
    calls: [],
    token,
    clientSecret,
    url: () => url,
  };

  if (options.redirectUris !== undefined) state.setMeta({ redirects: options.redirectUris });
  const logIns = startLogIns(world, options.redirectUris ?? null);
  const server = createServer((request, response) => {
    response.sendDate = false;
    response.setHeader('Date', clock.now().toUTCString());
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy();
      send(response, 500, { message: error instanceof Error ? (error.stack ?? error.message) : String(error), code: 0 });
    });
  });
  server.on('upgrade', world.gateway.upgrade);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    apiUrl: `${url}/api`,
    cdnHost: new URL(url).host,
    publicKey,
    async stop() {
      world.waiting.stop();
      world.tell.stop();
      world.gateway.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = new URL(request.url!, url);
    const { pathname } = address;
    const [, room, name = '', id = ''] = pathname.split('/');
    if (await logIns.answer(request, response)) return;
    if (room === 'api') {
      // Other versions have other shapes.
      if (name !== 'v10') return send(response, 400, { message: 'Invalid API version', code: 50041 });
      return answerRest(world, pathname.slice('/api/v10'.length), request, response);
    }
    if (room === 'people' && request.method === 'POST')
      return answerPeople({ acts, world, token: peopleToken, send }, name, request, response);
    if (room === 'attachments' && request.method === 'GET') return world.shelf.send(response, fileAt(id), world.shelf.accessBy(address));
    send(response, 404, faultBodies.missing);
  }

  function fileAt(id: string) {
    const file = state.get('attachments', id);
    return file === undefined || file.isGone ? undefined : file;
  }
}
