// A wire between the product and a server that a test can cut: what is cut stays without an answer, as when the server
// stops or the network goes, and whatever had already reached it was done. A frozen one keeps what it is given, and passes
// it on once it thaws, as a server that hangs does.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Wire {
  /** The server's address, with the wire's end in the place of the server's. */
  readonly url: string;
  cut(): void;
  mend(): void;
  /** New connections are taken, and get no answer either. `answers`: what is said still reaches the server, and only its answers are kept. */
  freeze(which?: 'answers'): void;
  thaw(): void;
  /** Connections that were tried while it was cut, or taken while it was frozen. */
  readonly tried: number;
  close(): Promise<void>;
}

/** What one end says, to the other. */
interface Way {
  readonly from: Socket;
  readonly to: Socket;
  readonly isAnswer: boolean;
}

export async function wireTo(serverUrl: string): Promise<Wire> {
  const server = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let isCut = false;
  let frozen: 'all' | 'answers' | null = null;
  let tried = 0;
  const ways = new Set<Way>();
  const flow = ({ from, to, isAnswer }: Way) => {
    if (frozen === 'all' || (frozen === 'answers' && isAnswer)) from.unpipe(to).pause();
    else from.unpipe(to).pipe(to);
  };

  const listener = createServer((near) => {
    if (isCut || frozen !== null) tried++;
    if (isCut) return near.destroy();
    const far = connect(Number(server.port), server.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      const way: Way = { from: socket, to: other, isAnswer: socket === far };
      ways.add(way);
      flow(way);
      socket.on('close', () => {
        ways.delete(way);
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');

  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String((listener.address() as AddressInfo).port);
  const dropAll = () => sockets.forEach((socket) => socket.destroy());
  return {
    url: url.href,
    cut() {
      isCut = true;
      dropAll();
    },
    mend() {
      isCut = false;
    },
    freeze(which) {
      frozen = which ?? 'all';
      ways.forEach(flow);
    },
    thaw() {
      frozen = null;
      ways.forEach(flow);
    },
    get tried() {
      return tried;
    },
    async close() {
      dropAll();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** Straight to the server: nothing can be done to it. */
export function noWire(serverUrl: string): Wire {
  const none = () => {
    throw new Error('open the stage with `wired: true`');
  };
  return {
    url: serverUrl,
    cut: none,
    mend: none,
    freeze: none,
    thaw: none,
    get tried() {
      return none();
    },
    async close() {},
  };
}
