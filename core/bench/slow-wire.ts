// A wire to a server whose answers come later, each by as much as it is told.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

export interface SlowWire {
  readonly port: number;
  /** From now on, in ms. */
  slow(ms: number): void;
}

export async function slowWire(serverUrl: string): Promise<SlowWire> {
  const { hostname, port } = new URL(serverUrl);
  let slowMs = 0;
  const listener = createServer((near) => {
    const far = connect(Number(port), hostname);
    let [waiting, dueMs] = [0, 0];
    near.setNoDelay(true).on('error', () => undefined);
    far.setNoDelay(true).on('error', () => undefined);
    near.pipe(far);
    far.on('data', (chunk: Buffer) => {
      const nowMs = performance.now();
      if (waiting === 0 && slowMs === 0) return void near.write(chunk);
      dueMs = Math.max(dueMs, nowMs + slowMs);
      waiting++;
      setTimeout(() => {
        waiting--;
        near.write(chunk);
      }, dueMs - nowMs);
    });
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return { port: (listener.address() as AddressInfo).port, slow: (ms) => void (slowMs = ms) };
}
