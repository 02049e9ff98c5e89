// BullMQ's jobs in Redis. Whoever adds is told at once when Redis is away; a worker waits for it.
// The clients are ours, so that they can be ended when nobody answers: BullMQ would wait for the answer.

import { createRedisBackend } from 'bullmq';
import { Redis } from 'ioredis';
import type { Backing, Reach } from './bullmq-backing.ts';

const both = {
  connectTimeout: 5_000,
  keepAlive: 10_000,
  retryStrategy: (tries: number) => Math.min(tries * 100, 2_000),
};

const optionsFor = {
  adding: { ...both, maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 5_000 },
  working: { ...both, maxRetriesPerRequest: null },
};

export function backingInRedis(redisUrl: string, reach: Reach): Backing {
  const all: Redis[] = [];
  return {
    open(forWhom) {
      const own: Redis[] = [];
      const keep = (client: Redis) => {
        client.on('error', (error: Error & { command?: unknown }) => {
          // The command may be the one that sends the password, and the error goes to the log.
          delete error.command;
          reach.away(error);
        });
        client.on('ready', () => reach.back());
        endProperly(client);
        own.push(client);
        all.push(client);
        return client;
      };
      const connection = keep(new Redis(redisUrl, optionsFor[forWhom]));
      // A worker waits for jobs on a connection of its own, which BullMQ copies from the one it is given.
      const duplicate = connection.duplicate.bind(connection);
      connection.duplicate = (override) => keep(duplicate(override));
      return {
        newBackend: (name, options, wants) => createRedisBackend(name, { ...options, connection }, wants),
        sever: () => own.forEach((client) => client.disconnect()),
      };
    },
    isOutage,
    async close() {
      for (const client of all) client.disconnect();
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
