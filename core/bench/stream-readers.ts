// Readers of event streams on a thread of their own, so that what they take does not count as ours. Told an address and
// who reads there, they open all streams; then they say, again and again, when the last of them got a line.

import net from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const { port, path, keys } = workerData as { port: number; path: string; keys: string[] };
let open = 0;
let told = 0;

for (const key of keys) {
  const socket = net.connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${key}\r\n\r\n`);
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    if (text.includes('retry:') && ++open === keys.length) parentPort!.postMessage('open');
    if (!text.includes('"kind":"step"') || ++told < keys.length) return;
    told = 0;
    parentPort!.postMessage(performance.timeOrigin + performance.now());
  });
  socket.on('error', (error) => {
    throw error;
  });
}
