// A line between a client and a server that can be cut at the worst moment.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface CuttableLine {
  readonly url: string;
  /** The next answer to a request that contains this is lost on its way. */
  loseAnswerTo(text: string): void;
  /** Cuts all connections. */
  cut(): void;
  /** While it is down, nothing is let through. */
  setDown(down: boolean): void;
}

export async function cuttableLine(target: string): Promise<CuttableLine> {
  const open = new Set<Socket>();
  let losing: string | null = null;
  let down = false;

  const server = createServer((near) => {
    if (down) return near.destroy();
    const far = connect(Number(new URL(target).port), new URL(target).hostname);
    let answerIsLost = false;
    for (const socket of [near, far]) {
      open.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          open.delete(socket);
          near.destroy();
          far.destroy();
        });
    }
    near.on('data', (bytes) => {
      if (losing !== null && bytes.includes(losing)) {
        losing = null;
        answerIsLost = true;
      }
      far.write(bytes);
    });
    far.on('data', (bytes) => void (answerIsLost ? near.destroy() : near.write(bytes)));
    return undefined;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const cut = () => open.forEach((socket) => socket.destroy());
  onTestFinished(async () => {
    cut();
    await once(server.close(), 'close');
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseAnswerTo: (text) => (losing = text),
    cut,
    setDown(value) {
      down = value;
      if (down) cut();
    },
  };
}
