// What a read-only key may ask for: these addresses, by GET. Everything else is closed to it, a new route too until it is
// named here.

import type { Request, Response } from 'express';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { Actor } from '#core/domain/actor.ts';

export const readableRoutes: ReadonlySet<string> = new Set([
  '/api/tasks',
  '/api/tasks/:id',
  '/api/tasks/:id/files/:fileId/original',
  '/f/:token',
  '/api/balance',
  '/api/transactions',
  '/api/transactions.csv',
  '/api/statements',
  '/api/statements/:month',
  '/api/statements/:month.csv',
  '/api/events',
]);

/** Throws `key.read-only`. */
export function mustReachWith({ scope }: Actor, { method }: Request, { locals }: Response): void {
  if (scope !== 'read-only') return;
  const reads = method === 'GET' || method === 'HEAD';
  if (!reads || locals.route === undefined || !readableRoutes.has(locals.route)) throw refuse('key.read-only');
}
