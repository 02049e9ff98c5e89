// Slack for a machine without Slack: a strict part of its Web API and of how it tells an app what happened, on loopback. What
// people do, and what tests want to see or to break, is below /people.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { bodyOf, fileIn, jsonIn } from '#bots/stand-in/body.ts';
import { sandboxClock } from '#bots/stand-in/clock.ts';
import { startFaults } from '#bots/stand-in/faults.ts';
import { answerPeople, PeopleNo } from '#bots/stand-in/people.ts';
import { answerCall, send, type MadeCall } from './api/answer.ts';
import { useResponse } from './handles.ts';
import { startLimits } from './limits/limits.ts';
import { SlackNo } from './no.ts';
import { answerAuthorize } from './oauth/authorize.ts';
import type { Client } from './oauth/grants.ts';
import { OPENID_PATH, openIdOf } from './oauth/openid.ts';
import type { People } from './people/act.ts';
import { acts } from './people/acts.ts';
import { respond } from './people/interact.ts';
import { mayDownload, openShelf } from './shelf.ts';
import { openState } from './state.ts';
import { startSockets } from './tell/socket.ts';
import { startTeller } from './tell/teller.ts';

export interface SlackSandbox {
  readonly url: string;
  /** For the app's `apiUrl`. */
  readonly apiUrl: string;
  stop(): Promise<void>;
}

export interface SlackSandboxOptions {
  /** 0, or nothing, for any free one. */
  readonly port?: number;
  /** Remembers everything there, and files in a folder beside it; forgets without one. */
  readonly file?: string;
  /** What people and tests come with; without one everybody on this machine may act for them. */
  readonly peopleToken?: string;
  readonly now?: () => Date;
  /** The app's, the newest first. */
  readonly signingSecrets?: readonly string[];
  /** Who the app is when it is installed with OAuth. */
  readonly client?: Partial<Client>;
  /** Where people may be sent back to who log in; anywhere when it is left out. */
  readonly redirectUris?: readonly string[];
  /** For Socket Mode. */
  readonly appToken?: string;
}

export const defaultSigningSecret = 'sandbox-signing-secret';
export const defaultClient: Client = { id: '1000000000.2000000000', secret: 'sandbox-client-secret', rotates: false };
export const defaultAppToken = 'xapp-1-A0IMPACTER-1-sandbox';
const mostCalls = 5000;

export async function startSlackSandbox(options: SlackSandboxOptions = {}): Promise<SlackSandbox> {
  const { port = 0, file = null, peopleToken, now = () => new Date(), signingSecrets = [defaultSigningSecret] } = options;
  const { appToken = defaultAppToken } = options;
  const clock = sandboxClock(now);
  const state = openState(file, clock.now);
  const calls: MadeCall[] = [];
  let url = '';
  const sockets = startSockets(
    () => url,
    () => world.teller.wake(),
  );
  const world: People = {
    state,
    clock,
    calls,
    limits: startLimits(clock.now),
    faults: startFaults(send, { busy: { ok: false, error: 'ratelimited' }, broken: { ok: false, error: 'fatal_error' } }),
    shelf: openShelf(file === null ? null : `${file}.files`, () => url),
    sockets,
    appToken,
    client: { ...defaultClient, ...options.client },
    get openId() {
      return openId;
    },
    teller: startTeller(state, clock, { secrets: signingSecrets, sockets }),
    url: () => url,
  };
  const openId = openIdOf(world, options.redirectUris ?? null);
  const note = (call: MadeCall) => {
    calls.push(call);
    calls.splice(0, calls.length - mostCalls);
  };

  const server = createServer((request, response) => {
    response.sendDate = false;
    response.setHeader('Date', clock.now().toUTCString());
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy();
      const isTheirs = error instanceof PeopleNo || error instanceof z.ZodError;
      send(response, isTheirs ? 400 : 500, { ok: false, error: error instanceof Error ? error.message : String(error) });
    });
  });
  server.on('upgrade', sockets.upgrade);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    apiUrl: `${url}/api/`,
    async stop() {
      await world.teller.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url!, 'http://slack');
    const [room, name = '', ...more] = pathname.slice(1).split('/');
    const { method } = request;
    if (room === 'api' && more.length === 0) return answerCall(world, name, request, response, note);
    if (room === 'people' && method === 'POST') return answerPeople({ acts, world, token: peopleToken, send }, name, request, response);
    if (room === 'actions' && method === 'POST') return responseUrl(name, request, response);
    if (room === 'files-pri' && method === 'GET') {
      const found = state.get('files', name.slice(name.indexOf('-') + 1));
      const mayRead = mayDownload(state.all('teams').values(), request.headers.authorization, found);
      return world.shelf.send(response, found?.state === 'here' ? found : undefined, mayRead ? 'granted' : 'stranger');
    }
    if (pathname === '/oauth/v2/authorize') return answerAuthorize(world, request, response);
    if (pathname === OPENID_PATH) return openId.authorize(request, response);
    if (pathname === '/openid/connect/keys') return send(response, 200, openId.keys());
    if (room === 'upload' && method === 'POST') return upload(more[0] ?? '', request, response);
    send(response, 404, { ok: false, error: 'not_found' });
  }

  async function responseUrl(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const given = jsonIn(String(await bodyOf(request)));
    const handle = useResponse(state, id, clock.now().getTime());
    if (handle === null) return send(response, 404, { ok: false, error: 'used_url' });
    try {
      respond(world, handle, given);
      response.writeHead(200).end('ok');
    } catch (error) {
      if (!(error instanceof SlackNo)) throw error;
      send(response, 400, { ok: false, error: error.error, ...error.more });
    }
  }

  async function upload(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const found = state.get('files', id);
    const bytes = await fileIn(request);
    if (found?.state !== 'waiting' || bytes === null) return send(response, 404, { ok: false, error: 'file_not_found' });
    world.shelf.keep(id, bytes);
    state.put('files', id, { ...found, sizeBytes: bytes.length });
    response.writeHead(200).end(`OK - ${bytes.length}`);
  }
}
