import { createHook } from 'node:async_hooks';
import { ChildProcess } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';

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

// Node lists timers, but not whose they are; the test runner has some of its own. So each is remembered with where it was made.
const timers = new Map<number, { timer: WeakRef<NodeJS.Timeout>; made: Error }>();

createHook({
  trackPromises: false,
  init(id, type, _trigger, resource) {
    if (type === 'Timeout') timers.set(id, { timer: new WeakRef(resource as NodeJS.Timeout), made: new Error() });
  },
  destroy(id) {
    timers.delete(id);
  },
}).enable();

/** What is left of them holds on to whoever made it. */
export function forgetTimers(): void {
  timers.clear();
}

function runningTimers(): string[] {
  return [...timers.values()]
    .filter(({ timer }) => timer.deref()?.hasRef())
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
