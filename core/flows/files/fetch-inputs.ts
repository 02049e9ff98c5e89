// Files that people attached in a chat are fetched before their task starts. One that cannot be had ends the task (lose-input.ts):
// every such file is named, with the reason, and nothing is charged.

import { askLimits } from '#core/domain/asks/limits.ts';
import { safeFileName } from '#core/domain/files/file-name.ts';
import type { LostInputReason } from '#core/domain/files/lost-input.ts';
import { mimeOf, UNKNOWN_MIME } from '#core/domain/files/mime.ts';
import { FetchError, type Fetcher } from '#core/ports/fetcher.ts';
import { FilesError, type Stored } from '#core/ports/files.ts';
import { isFromDatabase } from '#core/store/database/outage.ts';
import type { WaitingInput } from '#core/store/files/waiting-inputs.ts';
import type { Core } from '../runtime/core.ts';
import { patiently } from '../runtime/patiently.ts';
import { inputKey } from './keep-input.ts';
import { endWithoutLost, lose } from './lose-input.ts';

export type Fetchers = ReadonlyMap<string, Fetcher>;

/** Files under way in this process. */
const AT_ONCE = 4;
/** For one file: 50 MB at a megabyte a second. */
const FETCH_MS = 60_000;
const TRIES_MOST = 5;
/** From the request on; a file gets its first try even later. */
export const FETCH_WITHIN_MS = 5 * 60_000;
const IDLE_MS = 1_000;

/** Fetches until the signal aborts, and resolves when the last file under way has ended. */
export async function fetchInputs(core: Core, fetchers: Fetchers, signal: AbortSignal): Promise<void> {
  if (fetchers.size === 0) return;
  const underWay = new Set<Promise<void>>();
  const platforms = [...fetchers.keys()];
  await patiently(core, { wakeOn: ['inputs'], idleMs: IDLE_MS, signal }, async (lookAgain) => {
    if (underWay.size === AT_ONCE) return false;
    const inputs = await core.store.waitingInputs.claim(platforms, core.clock.now(), core.settings.leaseMs, AT_ONCE - underWay.size);
    for (const input of inputs) {
      const fetching = fetchOne(core, fetchers.get(input.platform)!, input, signal).finally(() => {
        underWay.delete(fetching);
        lookAgain();
      });
      underWay.add(fetching);
    }
    return inputs.length > 0;
  });
  await Promise.all(underWay);
}

/** Never rejects: what is not written down is found again when the lease is over. */
async function fetchOne(core: Core, fetcher: Fetcher, input: WaitingInput, leave: AbortSignal): Promise<void> {
  const log = core.log.child({ fileId: input.id, taskId: input.taskId });
  const ended = new AbortController();
  const holding = hold(core, input, ended.signal);
  try {
    if (input.isOver) {
      await core.files.remove(inputKey(input.id));
      return await core.store.waitingInputs.drop(input, inputKey(input.id), core.clock.now());
    }
    if (input.lost !== null) return await endWithoutLost(core, input, 'now');
    if (input.ref === null) throw new FetchError('never', 'gone', 'sealed with a key that is gone');
    const file = await fetched(core, fetcher, input, input.ref, leave);
    // Where it is not kept, another process has it, or its task is over: then it is removed with its row.
    if (!(await core.store.waitingInputs.kept(input, file, core.clock.now()))) return;
    log.info({ sizeBytes: file.sizeBytes }, 'input fetched');
    await endWithoutLost(core, input, 'when known').catch((error: unknown) => log.warn({ error }, 'lost inputs not told yet'));
  } catch (error) {
    ended.abort();
    await holding;
    await failed(core, input, error, leave).catch((again: unknown) => log.warn({ error: again }, 'input state not written'));
  } finally {
    ended.abort();
  }
}

/** Says that this process is alive, until the signal aborts: whoever is silent for a lease loses the file to another process. */
async function hold(core: Core, input: WaitingInput, signal: AbortSignal): Promise<void> {
  const { leaseMs } = core.settings;
  while (!signal.aborted) {
    await core.clock.sleep(leaseMs / 3, signal);
    if (signal.aborted) return;
    await core.store.waitingInputs
      .later(input, new Date(core.clock.now().getTime() + leaseMs))
      .catch((error: unknown) => core.log.warn({ fileId: input.id, error }, 'hold on an input not renewed'));
  }
}

type KeptInput = { name: string; mime: string; storageKey: string } & Stored;

async function fetched(core: Core, fetcher: Fetcher, input: WaitingInput, ref: string, leave: AbortSignal): Promise<KeptInput> {
  const [late, settled] = [new AbortController(), new AbortController()];
  void core.clock.sleep(FETCH_MS, AbortSignal.any([settled.signal, leave])).then(() => {
    if (!settled.signal.aborted) late.abort();
  });
  try {
    const { body, name = input.name, mime = input.mime, sizeBytes } = await withoutHanging(fetcher.fetch(ref, late.signal), late.signal);
    if (sizeBytes > askLimits.fileBytes) {
      body.destroy();
      throw new FetchError('never', 'too-large', 'the file is too large');
    }
    late.signal.addEventListener('abort', () => body.destroy(new FetchError('later', 'unreachable', 'the file took too long')), {
      once: true,
    });
    const shown = safeFileName(name);
    const known = mimeOf(shown);
    const facts = { name: shown, mime: known === UNKNOWN_MIME ? mime : known, storageKey: inputKey(input.id) };
    return { ...facts, ...(await core.files.put(facts.storageKey, body, { mime: facts.mime, sizeBytes }, late.signal)) };
  } finally {
    settled.abort();
  }
}

/** An adapter that does not heed its signal would keep its place for ever. */
async function withoutHanging<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(new FetchError('later', 'unreachable', 'no answer in time')), { once: true });
  return Promise.race([call, late]);
}

async function failed(core: Core, input: WaitingInput, error: unknown, leave: AbortSignal): Promise<void> {
  if (isFromDatabase(error)) throw error;
  const at = core.clock.now();
  const log = core.log.child({ fileId: input.id, taskId: input.taskId, tries: input.tries });
  // Storage that is away, and a process that ends, are not the platform's fault.
  const isOurs = leave.aborted || (error instanceof FilesError && error.code === 'storage.unavailable');
  const { kind, why, retryAfterMs } = trouble(error);
  // What is lost already ends the task, so nobody waits for more tries of this one.
  const isLast = kind === 'never' || input.tries >= TRIES_MOST || at >= input.giveUpAt;
  if (!isOurs && (isLast || (retryAfterMs === null && (await core.store.waitingInputs.notHere(input.taskId)).lost.length > 0))) {
    log.warn({ why, error }, 'input lost');
    return lose(core, input, why);
  }
  const waitMs = leave.aborted ? 0 : Math.max(backOffMs(input.tries), retryAfterMs ?? 0);
  log.warn({ why, waitMs, error }, 'input not fetched yet');
  await core.store.waitingInputs.later(input, new Date(at.getTime() + waitMs));
}

function trouble(error: unknown): { kind: 'later' | 'never'; why: LostInputReason; retryAfterMs: number | null } {
  if (error instanceof FetchError) return error;
  if (error instanceof FilesError && error.code === 'file.changed') return { kind: 'later', why: 'broken', retryAfterMs: null };
  return { kind: 'later', why: 'unreachable', retryAfterMs: null };
}

/** 10, 20, 40, 80 seconds: five tries in about five minutes. */
function backOffMs(tries: number): number {
  return 10_000 * 2 ** Math.min(tries - 1, 4);
}
