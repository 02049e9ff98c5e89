// Tells open pages that something changed (server-sent events). They then look again by themselves: what is told twice, or
// late, costs one look more.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ChatSandbox } from './chat.ts';

export interface Changes {
  open(request: IncomingMessage, response: ServerResponse): void;
  /** Ends all, and each comes back in a moment. */
  endAll(): void;
}

/** A browser gives one site six connections; nobody looks at more pages than this. */
const mostStreams = 24;
const retryMs = 1_000;
const beatMs = 15_000;

export function tellChanges(sandbox: ChatSandbox): Changes {
  const open = new Set<ServerResponse>();
  return {
    open(request, response) {
      if (open.size >= mostStreams) return void response.writeHead(503, { 'Retry-After': '5' }).end();
      response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store, no-transform' });
      request.socket.setNoDelay(true);
      const tell = () => void response.write('event: changed\ndata:\n\n');
      // Whatever happened between the page and its stream.
      response.write(`retry: ${retryMs}\n\n`);
      tell();
      const beat = setInterval(() => response.write(': still here\n\n'), beatMs);
      const stopWatching = sandbox.watch(tell);
      open.add(response);
      response.once('close', () => {
        clearInterval(beat);
        stopWatching();
        open.delete(response);
      });
    },
    endAll() {
      for (const response of open) response.end();
    },
  };
}
