import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { redisIsHere, startTestRedis } from './redis.ts';

test.runIf(process.env['CI'])('under CI the half of the tests that needs Redis is not left out', () => {
  expect(redisIsHere, 'redis-server is not on the PATH and REDIS_URL is not set').toBe(true);
});

test.runIf(redisIsHere)('a test gets a Redis that answers and goes away with it', async () => {
  const server = await startTestRedis();
  onTestFinished(() => server.stop());
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  expect(await redis.ping()).toBe('PONG');
});
