import { ChildProcess } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import builtIn from 'node:timers';
import promises from 'node:timers/promises';

/** What keeps this process busy and somebody should have closed: connections, servers, child processes, watchers, threads, timers. */
export function openThings(): string[] {
  const handles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();
  return [...handles.flatMap(nameOf), ...runningTimers()].sort();
}

function nameOf(handle: unknown): string[] {
  if (handle instanceof net.Server) return [`server at ${JSON.stringify(handle.address())}`];
  if (handle instanceof net.Socket) return handle.remotePort ? [`connection to ${handle.remoteAddress}:${handle.remotePort}`] : [];
  if (handle instanceof ChildProcess) return [`child process ${handle.pid}: ${handle.spawnargs.join(' ')}`];
  const kind = (handle as object | null)?.constructor.name ?? typeof handle;
  return ['FSWatcher', 'StatWatcher', 'MessagePort', 'Worker'].includes(kind) ? [kind] : [];
}

// Node lists timers, but not whose they are; the test runner has some of its own. So each is remembered with where it was made. The
// functions that make them are wrapped: a hook into every asynchronous act would take a tenth of the time of all tests.
const timers = new Map<object, { waits: () => boolean; made: Error }>();

function remembering<Make extends typeof setTimeout | typeof setInterval>(make: Make): Make {
  const remember = (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
    const once = (...given: unknown[]) => {
      timers.delete(timer);
      callback(...given);
    };
    const timer = make(make.name === 'setTimeout' && typeof callback === 'function' ? once : callback, ms, ...args);
    timers.set(timer, { waits: () => timer.hasRef() && !(timer as unknown as { _destroyed: boolean })._destroyed, made: new Error() });
    return timer;
  };
  return like(make, remember);
}

function forgetting<Clear extends typeof clearTimeout>(clear: Clear): Clear {
  return like(clear, (timer?: NodeJS.Timeout | string | number) => {
    timers.delete(timer as NodeJS.Timeout);
    clear(timer);
  });
}

const builtInPromises = { ...promises };
const sleep: typeof builtInPromises.setTimeout = (ms, value, options) => {
  const sleeping = builtInPromises.setTimeout(ms, value, options);
  if (options?.ref !== false) timers.set(sleeping, { waits: () => true, made: new Error() });
  const forget = () => timers.delete(sleeping);
  sleeping.then(forget, forget);
  return sleeping;
};

/** `copy` with the name of `original`, and with what util.promisify makes of it. */
function like<Original extends object>(original: Original, copy: object): Original {
  return Object.defineProperties(copy, Object.getOwnPropertyDescriptors(original)) as Original;
}

const wrapped = {
  setTimeout: remembering(setTimeout),
  setInterval: remembering(setInterval),
  clearTimeout: forgetting(clearTimeout),
  clearInterval: forgetting(clearInterval),
};
Object.assign(globalThis, wrapped);
Object.assign(builtIn, wrapped);
Object.assign(promises, { setTimeout: sleep });
syncBuiltinESMExports();

/** What is left of them holds on to whoever made it. */
export function forgetTimers(): void {
  timers.clear();
}

function runningTimers(): string[] {
  return [...timers.values()]
    .filter(({ waits }) => waits())
    .flatMap(({ made }) => {
      const frames = (made.stack ?? '')
        .split('\n')
        .slice(1)
        .filter((line) => !/node:|open-things\.ts/.test(line));
      if (frames.length === 0 || /[\\/]@?vitest[\\/]|each-file\.ts/.test(frames[0]!)) return [];
      // It waits five seconds after a lost connection, and closing it does not end that; what it leaves open is a connection.
      if (/[\\/]bullmq[\\/]/.test(frames[0]!)) return [];
      return [`timer set ${frames[0]!.trim().replaceAll(process.cwd() + path.sep, '')}`];
    });
}
