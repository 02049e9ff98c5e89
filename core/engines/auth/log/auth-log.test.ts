import { expect, test } from 'vitest';
import type { Log } from '#core/ports/log.ts';
import { authLog, plainError } from './auth-log.ts';

test('a failure of the library keeps its kind and loses the values that its message repeats', () => {
  const failed = Object.assign(new Error('Invalid input: "ada@example.com", token aP-c8AYN'), {
    name: 'PrismaClientKnownRequestError',
    code: 'P2007',
  });
  expect(String(plainError(failed))).toBe('Error: logging in failed: PrismaClientKnownRequestError P2007');
  expect(String(plainError(new TypeError('x of ada@example.com')))).toBe('Error: logging in failed: TypeError');
  expect(plainError('ada@example.com').message).toBe('logging in failed');
});

test('a database that is away is said in the words that people understand', () => {
  const away = Object.assign(new Error('Can’t reach database server'), { name: 'PrismaClientKnownRequestError', code: 'P1001' });
  expect(plainError(away)).toMatchObject({ code: 'database.unavailable' });
  const ours = Object.assign(new Error('the database is not available'), { code: 'database.unavailable' });
  expect(plainError(ours)).toMatchObject({ code: 'database.unavailable', status: 503 });
});

test('what the library says of somebody is not said on', () => {
  const lines: unknown[] = [];
  const keep = (...line: unknown[]) => void lines.push(line);
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log };
  const say = authLog(log).log;
  say('info', 'Sign-up attempt for existing email: ada@example.com');
  say('error', 'Invalid callbackURL: https://evil.example/?token=secret');
  say('error', 'Failed', Object.assign(new Error('row (ada@example.com)'), { code: 'P2002' }));
  expect(JSON.stringify(lines)).not.toMatch(/ada|evil|secret/);
  expect(lines).toHaveLength(3);
});
