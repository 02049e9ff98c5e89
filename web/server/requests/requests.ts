// Every request gets an id, which its answer, its log line and its error share. The line has ids and the route's
// template; the address itself stays out, because it can hold a link or what somebody searched for.

import './locals.ts';
import type { RequestHandler } from 'express';
import { newId, type Id } from '#core/domain/ids.ts';
import { eventBehind } from '#core/domain/accounts/security-event.ts';
import type { Log } from '#core/ports/log.ts';
import type { SecurityLog } from '#core/ports/security-log.ts';
import type { Metrics } from '../metrics.ts';

export function followRequests(log: Log, metrics: Metrics, security: SecurityLog): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    const { method } = request;
    const caller = request.ip ?? null; // once the connection is closed it has none
    response.locals.requestId = newId<Id<'request'>>();
    response.set('X-Request-Id', response.locals.requestId);
    response.once('close', () => {
      const { requestId, route = 'none', ids, refusedAs } = response.locals;
      const durationMs = Math.round(performance.now() - began);
      // Who hangs up before our answer begins never saw the status we had in mind.
      const status = response.headersSent ? response.statusCode : HUNG_UP;
      metrics.answered({ method, route, status, durationMs });
      const event = refusedAs === undefined ? null : eventBehind(refusedAs, status);
      if (event !== null) security.note(event, { caller, requestId, ...ids, what: refusedAs! });
      log[probes.has(route) ? 'debug' : 'info']({ requestId, method, route, status, durationMs, ...ids }, 'request answered');
    });
    next();
  };
}

/** What proxies log for a caller who left early. */
const HUNG_UP = 499;

// Asked every few seconds by machines; their lines would hide those of people.
const probes = new Set(['/healthz', '/readyz', '/metrics']);
