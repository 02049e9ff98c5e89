// One start of a server at a time in a folder. Between reading a stale lock file and replacing it PostgreSQL leaves a moment in
// which a second start could remove the file of the first, whose server then stops itself.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';

export interface Turn {
  end(): void;
}

/** null while another start has its turn. */
export async function takeTurn(home: string): Promise<Turn | null> {
  // An abstract address is no file: it is gone with the process that listens there. Only Linux has them.
  if (process.platform !== 'linux') return { end() {} };
  const address = `\0impacter-${createHash('sha256').update(home).digest('hex')}`;
  const server = net.createServer((socket) => socket.destroy()).listen(address);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return null;
    throw error;
  }
  server.unref();
  return { end: () => void server.close() };
}
