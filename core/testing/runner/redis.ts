// A real Redis for the tests that need one: the one that REDIS_URL names, else the program on the PATH. Without either,
// those tests are left out and the run says so; under CI that is a failure (redis.test.ts).
import { spawn } from 'node:child_process';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '#core/sandbox/free-port.ts';
import { findOnPath } from './on-path.ts';

export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** For `test.runIf` and `describe.runIf`. */
export const redisIsHere = Boolean(process.env['REDIS_URL']) || findOnPath('redis-server') !== null;

/** An empty Redis, or the one of REDIS_URL, which is not empty: give your keys a prefix of their own. */
export async function startTestRedis(): Promise<TestRedis> {
  const { REDIS_URL: given } = process.env;
  if (given) return { url: given, stop: async () => {} };
  const port = await freePort();
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'];
  const child = spawn('sh', ['-c', untilOurEnd, 'sh', 'redis-server', ...args], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  let ended = false;
  const end = new Promise((resolve) => child.once('exit', resolve)).then(() => (ended = true));
  while (!(await answers(port))) {
    if (ended) throw new Error('redis-server did not start');
    await sleep(20);
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      child.stdin.end();
      await end;
    },
  };
}

// Our standard input to it ends when we do, however that happens.
const untilOurEnd = '"$@" & cat > /dev/null; kill $!; wait $!';

async function answers(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('error', () => resolve(false));
    socket.once('data', (data) => resolve(String(data).startsWith('+PONG')));
    socket.write('PING\r\n');
  }).finally(() => socket.destroy()) as Promise<boolean>;
}
