// Stripe for a machine without Stripe: a strict part of its API on loopback with pages to pay on, so that the real SDK behaves
// as it does in production. No money moves, and nothing leaves the machine. A start only listens: whatever is behind is loaded
// by the first request. One process plays for a folder; another one in it uses the same, and plays on when the first ends.

import { existsSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#core/ports/log.ts';
import { listenOnLoopback } from '../aws/loopback.ts';
import { sameText } from '../aws/signature.ts';
import { takeTurn } from '../postgres/turn.ts';
import type { CatalogProduct } from './catalog.ts';
import { answersAt, HERE, journalIn, readPlace, writePlace } from './place.ts';
import type { Play } from './play.ts';

export interface StripeSandbox {
  /** Of the API, and of the pages where people pay. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface StripeSandboxOptions {
  readonly dir: string;
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** Opens what is no part of Stripe. */
  readonly controlToken: string;
  /** Where events go; null for nowhere, until somebody makes an endpoint. */
  readonly newsUrl: string | null;
  /** What is for sale. */
  readonly catalog: readonly CatalogProduct[];
  readonly brandName: string;
  readonly log: Pick<Log, 'warn'>;
  /** For tests. */
  readonly wallMs?: () => number;
}

const OTHERS_START_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;
const TAKE_OVER_EVERY_MS = 500;
/** Left to itself, it sends the events that an earlier start did not get through. */
const WAKE_AFTER_MS = 3_000;

export async function startStripeSandbox(options: StripeSandboxOptions): Promise<StripeSandbox> {
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  const dir = await realpath(options.dir);
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const place = await readPlace(dir);
    if (place !== null && (await answersAt(place.url, dir, options.controlToken))) return useOthers(place.url, dir, options);
    const turn = await takeTurn(dir);
    if (turn !== null) return playHere({ ...options, dir }, turn, place?.url ?? null);
    if (waitedMs >= OTHERS_START_WITHIN_MS) throw new Error(`Another process has the Stripe sandbox in ${dir}, and does not answer`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** At the address of the start before, where it is free, so that open checkouts and other processes find it. */
async function playHere(options: StripeSandboxOptions, turn: { end(): void }, before: string | null): Promise<StripeSandbox> {
  const { dir, controlToken, log, wallMs = Date.now, secretKey, webhookSecret, newsUrl, catalog, brandName } = options;
  let opening: Promise<Play> | null = null;
  const open = () => (opening ??= load());
  const server = createServer((request, response) => {
    if (request.url === HERE) return answerHere(request, response);
    open()
      .then((play) => play.answer(request, response))
      .catch((error: unknown) => {
        if (!request.destroyed) log.warn({ error, method: request.method }, 'Stripe sandbox failed');
        response.destroy();
      });
  });
  const { url, stop } = await listenOnLoopback(server, before === null ? 0 : Number(new URL(before).port)).catch(() =>
    listenOnLoopback(server, 0),
  );
  await writePlace(dir, { url });
  const waking = setTimeout(() => void (existsSync(journalIn(dir)) && open()), WAKE_AFTER_MS);
  waking.unref();
  return {
    url,
    async stop() {
      clearTimeout(waking);
      await stop();
      await (await opening)?.stop();
      turn.end();
    },
  };

  async function load(): Promise<Play> {
    const { openPlay } = await import('./play.ts');
    return openPlay({ dir, url, brandName, log, wallMs, settings: { secretKey, webhookSecret, newsUrl, controlToken, catalog } });
  }

  function answerHere({ headers }: IncomingMessage, response: ServerResponse): void {
    const isOurs = sameText(headers.authorization ?? '', `Bearer ${controlToken}`) && headers['x-folder'] === encodeURIComponent(dir);
    response.writeHead(isOurs ? 204 : 404).end();
  }
}

/** Another process plays. When it ends, this one goes on at the same address. */
function useOthers(url: string, dir: string, options: StripeSandboxOptions): StripeSandbox {
  const stopping = new AbortController();
  const taking = takeOver();
  return {
    url,
    async stop() {
      stopping.abort();
      await (await taking)?.stop();
    },
  };

  async function takeOver(): Promise<StripeSandbox | null> {
    while (!stopping.signal.aborted) {
      await sleep(TAKE_OVER_EVERY_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
      if (stopping.signal.aborted || (await answersAt(url, dir, options.controlToken))) continue;
      const turn = await takeTurn(dir);
      if (turn !== null) return playHere({ ...options, dir }, turn, url);
    }
    return null;
  }
}
