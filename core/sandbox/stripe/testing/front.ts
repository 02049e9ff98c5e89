// Somewhere to come back to after paying: answers every address with a page.

import { createServer } from 'node:http';
import { listenOnLoopback } from '../../aws/loopback.ts';

export function startFront(): Promise<{ url: string; stop(): Promise<void> }> {
  const page = '<!doctype html><html lang="en"><title>Product</title><main><h1>Product</h1></main></html>';
  return listenOnLoopback(
    createServer((_request, response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end(page)),
    0,
  );
}
