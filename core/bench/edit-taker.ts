// A platform that takes every edit at once, on a thread of its own: what that thread takes of the machine is not ours. It
// answers a message with the time that it used so far, in ms, and how many edits it took.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';

let taken = 0;
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    taken++;
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"ok":true}');
  });
});
server.listen(0, '127.0.0.1', () => parentPort!.postMessage((server.address() as AddressInfo).port));

parentPort!.on('message', () => {
  const { user, system } = process.threadCpuUsage();
  parentPort!.postMessage({ usedMs: (user + system) / 1000, taken });
});
