// A route names its methods, so that every address can say which ones it knows. No body is read before its handler asks
// for it: whoever must see the bytes as they came (a webhook's signature) does.

import type { Express, Request, Response } from 'express';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { BodyLimit } from './requests/body-limit.ts';

export type Handler = (request: Request, response: Response) => void | Promise<void>;

export interface Route {
  readonly path: `/${string}`;
  readonly GET?: Handler;
  readonly POST?: Handler;
  /** What its body may be, where that differs from `usualBody`. */
  readonly body?: BodyLimit;
}

export function addRoutes(express: Express, routes: readonly Route[]): void {
  for (const { path, GET, POST } of routes) {
    const allowed = ['OPTIONS', ...(GET ? ['GET', 'HEAD'] : []), ...(POST ? ['POST'] : [])];
    express.all(path, (request, response) => {
      response.locals.route = path;
      // Node leaves the body away from the answer to a HEAD.
      if (GET && (request.method === 'GET' || request.method === 'HEAD')) return GET(request, response);
      if (POST && request.method === 'POST') return POST(request, response);
      response.set('Allow', allowed.join(', '));
      if (request.method !== 'OPTIONS') throw refuse('method.wrong', { allowed: allowed.slice(1) });
      response.status(204).end();
    });
  }
}

/** One named part of the address. */
export function pathPart(request: Request, name: string): string {
  const part = request.params[name];
  return typeof part === 'string' ? part : '';
}
