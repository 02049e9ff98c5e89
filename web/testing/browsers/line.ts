// The line between a browser and the product, which a test can break in the ways that real ones do.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * `away`: nobody listens, as when the server's process is gone. `proxy-alone`: what stands in front of the server answers 502.
 * `loses-answers`: requests arrive and are carried out, and the connection is cut before their answer comes back.
 */
export type Trouble = 'away' | 'proxy-alone' | 'loses-answers';

export interface Line {
  /** Where browsers reach the product: its PUBLIC_URL. */
  readonly url: string;
  leadTo(product: { readonly url: string }): void;
  break(how: Trouble): Promise<void>;
  mend(): Promise<void>;
  stop(): Promise<void>;
}

const BAD_GATEWAY =
  'HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 24\r\nConnection: close\r\n\r\n<h1>502 Bad Gateway</h1>';

export async function openLine(): Promise<Line> {
  const sockets = new Set<Socket>();
  let port = 0;
  let trouble: Trouble | null = null;

  const listener = createServer((near) => {
    keep(near);
    if (trouble === 'proxy-alone') {
      near.once('data', () => near.end(BAD_GATEWAY));
      return;
    }
    const far = keep(connect(port, '127.0.0.1'));
    near.pipe(far);
    far.on('data', (part: Buffer) => {
      if (trouble !== 'loses-answers') return void near.write(part);
      near.destroy();
    });
    near.on('close', () => far.destroy());
    far.on('close', () => near.end());
  });

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  }
  const dropAll = () => sockets.forEach((socket) => socket.destroy());
  const listen = async (at: number) => {
    listener.listen(at, '127.0.0.1');
    await once(listener, 'listening');
  };
  const close = async () => {
    if (!listener.listening) return;
    listener.close();
    dropAll();
    await once(listener, 'close');
  };

  await listen(0);
  const own = (listener.address() as AddressInfo).port;
  return {
    url: `http://localhost:${own}`,
    leadTo({ url }) {
      port = Number(new URL(url).port);
    },
    async break(how) {
      trouble = how;
      if (how === 'away') await close();
      else dropAll();
    },
    async mend() {
      trouble = null;
      if (!listener.listening) await listen(own);
    },
    stop: close,
  };
}
