// Requests that no client library would send: bodies without end, bodies that stop half-way, other host names.

import { once } from 'node:events';
import net from 'node:net';

export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent at once, as it is. */
  readonly body?: string;
  /** Sent behind it in chunks, again and again, until we have sent this many bytes or are cut off. */
  readonly endless?: { readonly piece: Buffer; readonly most: number };
}

export interface RawAnswer {
  /** null where the connection was closed without an answer. */
  readonly status: number | null;
  /** With lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Bytes of an endless body that were taken from us. */
  readonly sent: number;
  readonly tookMs: number;
}

/** Sends it, and waits for the whole answer, or until the other side closes the connection. */
export async function rawRequest(url: string, { method = 'POST', path, headers = {}, body = '', endless }: RawRequest): Promise<RawAnswer> {
  const began = performance.now();
  const { hostname, port, host } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  const heard: Buffer[] = [];
  let answeredMs: number | null = null;
  socket.on('error', () => undefined); // cut off, which is what some of these are for
  socket.on('data', (piece: Buffer) => {
    heard.push(piece);
    answeredMs ??= performance.now() - began;
    // Who goes on sending finds out by the end of the connection.
    if (endless === undefined && isWhole(Buffer.concat(heard).toString('latin1'))) socket.destroy();
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const lines = Object.entries({ Host: host, ...(endless && { 'Transfer-Encoding': 'chunked' }), ...headers });
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  if (endless && body !== '') socket.write(`${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`);
  else socket.write(body);
  const sent = endless ? await sendEndless(socket, endless) : 0;
  await closed;
  const [head = '', ...rest] = Buffer.concat(heard).toString('utf8').split('\r\n\r\n');
  const [first = '', ...fields] = head.split('\r\n');
  return {
    status: first === '' ? null : Number(first.split(' ')[1]),
    headers: Object.fromEntries(fields.map((field) => [field.split(':')[0]!.toLowerCase(), field.slice(field.indexOf(':') + 1).trim()])),
    text: rest.join('\r\n\r\n'),
    sent,
    tookMs: answeredMs ?? performance.now() - began,
  };
}

function isWhole(answer: string): boolean {
  const [head = '', body] = answer.split('\r\n\r\n', 2);
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  return body !== undefined && (length === undefined ? answer.endsWith('0\r\n\r\n') : body.length >= Number(length));
}

async function sendEndless(socket: net.Socket, { piece, most }: NonNullable<RawRequest['endless']>): Promise<number> {
  const chunk = Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
  const over = new AbortController();
  socket.once('close', () => over.abort());
  let sent = 0;
  while (sent < most && !over.signal.aborted) {
    sent += piece.length;
    if (!socket.write(chunk)) await once(socket, 'drain', { signal: over.signal }).catch(() => undefined);
    else await new Promise((next) => setImmediate(next));
  }
  socket.end('0\r\n\r\n');
  return sent;
}
