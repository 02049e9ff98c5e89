// For those who run the product: is the process up, does every part answer, and the numbers.

import type { Request } from 'express';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { PartHealth } from '#core/ports/health.ts';
import type { PartsFor } from '../parts.ts';
import { sameSecret } from '../requests/secret.ts';
import type { Route } from '../route.ts';

export function operatorRoutes({ app, log, metrics }: PartsFor<'operator'>, metricsToken: string | undefined): Route[] {
  const health = shared(parts);
  return [
    {
      path: '/healthz',
      GET(_request, response) {
        response.json({ ok: true });
      },
    },
    {
      path: '/readyz',
      async GET(request, response) {
        const found = await health();
        // Nobody is helped by a process that is taken away because a platform is down.
        const ok = found.every((part) => part.ok || part.isPlatform === true);
        // What exactly is wrong may name machines and accounts, so only the operator reads that.
        response
          .status(ok ? 200 : 503)
          .json({ ok, parts: mayRead(request, metricsToken) ? found : found.map(({ part, ok }) => ({ part, ok })) });
      },
    },
    {
      path: '/metrics',
      async GET(request, response) {
        if (!mayRead(request, metricsToken)) throw refuse('metrics.closed');
        response.set('Content-Type', metrics.contentType).send(await metrics.read());
      },
    },
  ];

  async function parts(): Promise<readonly PartHealth[]> {
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const deadline = setTimeout(resolve, HEALTH_MS, null);
    try {
      return (
        (await Promise.race([app.operator.health(), late])) ?? [
          { part: 'core', ok: false, trouble: `no answer within ${HEALTH_MS / 1000} s` },
        ]
      );
    } catch (error) {
      log.error({ error }, 'health could not be told');
      return [{ part: 'core', ok: false, trouble: 'health could not be told' }];
    } finally {
      clearTimeout(deadline);
    }
  }
}

const HEALTH_MS = 5_000;

/** Anybody may ask, and each look is work for every part: whoever asks within a second of another gets the same answer. */
function shared<T>(look: () => Promise<T>): () => Promise<T> {
  let last: { readonly answer: Promise<T>; readonly atMs: number } | undefined;
  return () => {
    const nowMs = performance.now();
    if (!last || nowMs - last.atMs > SHARED_MS) last = { answer: look(), atMs: nowMs };
    return last.answer;
  };
}

const SHARED_MS = 1_000;

/**
 * With a token: whoever shows it. Without one: this machine, unless a proxy on it passes on what others ask, or a page in
 * a browser on it, whose own name leads here.
 */
function mayRead(request: Request, token: string | undefined): boolean {
  if (token !== undefined) return sameSecret(request.headers.authorization ?? '', `Bearer ${token}`);
  const { headers, socket } = request;
  return isLoopback(socket.remoteAddress ?? '') && ourNames.test(headers.host ?? '') && !forwarded.some((header) => header in headers);
}

const ourNames = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const forwarded = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
