// BullMQ's jobs in Redis. Whoever adds is soon told when Redis is away; a worker waits for it.
// The clients are ours, so that they can be ended when nobody answers: BullMQ would wait for the answer.

import { createRedisBackend } from 'bullmq';
import { Redis } from 'ioredis';
import type { Backing, Reach } from './backing.ts';

const both = {
  connectTimeout: 5_000,
  keepAlive: 10_000,
  retryStrategy: (tries: number) => Math.min(tries * 100, 2_000),
};

const optionsFor = {
  adding: { ...both, maxRetriesPerRequest: 1, commandTimeout: 5_000 },
  working: { ...both, maxRetriesPerRequest: null },
};

export function backingInRedis(redisUrl: string, reach: Reach): Backing {
  const clients: Redis[] = [];
  const keep = (client: Redis) => {
    client.on('error', (error: Error & { command?: unknown }) => {
      // The command may be the one that sends the password, and the error goes to the log.
      delete error.command;
      reach.away(error);
    });
    client.on('ready', () => reach.back());
    endProperly(client);
    clients.push(client);
    return client;
  };

  return {
    backendFor(whom) {
      const connection = keep(new Redis(redisUrl, optionsFor[whom]));
      // A worker waits for jobs on a connection of its own, which BullMQ copies from the one it is given.
      const duplicate = connection.duplicate.bind(connection);
      connection.duplicate = (override) => keep(duplicate(override));
      return (name, options, wants) => createRedisBackend(name, { ...options, connection }, wants);
    },
    isOutage,
    async close() {
      for (const client of clients) client.disconnect();
    },
  };
}

// Between two tries to connect, ioredis only forgets the next one when it is told to disconnect: nothing says "end", and what
// waits for an answer waits for ever. A try that is given up at once ends properly.
function endProperly(client: Redis): void {
  const disconnect = client.disconnect.bind(client);
  client.disconnect = (reconnect = false) => {
    if (!reconnect && client.status === 'reconnecting') client.connect().catch(() => undefined);
    disconnect(reconnect);
  };
}

/** Beside the errors of the network, those that ioredis makes of commands it could not send or got no answer to. */
function isOutage(error: unknown): boolean {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return /^E[A-Z]/.test(code) || /connection is closed|isn't writeable|timed out|max retries/i.test(message);
}
