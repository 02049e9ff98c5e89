// The product's HTTP door: one Express application with everything on one port. It holds no rule of the business; each
// route reads a request, asks the core, and says what the core said.

import './requests/locals.ts';
import express, { type Express } from 'express';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { Mount } from '#core/ports/mount.ts';
import { boundBodies, type Bounds } from './requests/body-limit.ts';
import { keepFromCrawlers } from './requests/crawlers.ts';
import { answerErrors } from './requests/errors.ts';
import { countFailedKeys } from './requests/failed-keys.ts';
import { secure } from './requests/headers.ts';
import { keysOf } from './requests/keys.ts';
import { checkLocations } from './requests/locations.ts';
import { listen, usualPatience, type Running } from './listen.ts';
import { createMetrics } from './metrics.ts';
import { addMounts, addPortal, pathsOf } from './mount.ts';
import { followRequests } from './requests/requests.ts';
import { answerUnreadable, checkRequestLine, onlyPaths } from './requests/request-line.ts';
import { isOurHost } from './requests/own-host.ts';
import { addRoutes, type Route } from './route.ts';
import { authRoutes } from './routes/auth.ts';
import { balanceRoutes } from './routes/balance.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { downloadRoutes } from './routes/downloads.ts';
import { eventRoutes } from './routes/events.ts';
import { fileRoutes } from './routes/files.ts';
import { docsRoutes, landingRoutes } from './routes/landing.ts';
import { operatorRoutes } from './routes/operator.ts';
import { stripeRoutes } from './routes/stripe.ts';
import { taskRoutes } from './routes/tasks.ts';
import { transactionRoutes } from './routes/transactions.ts';
import { wellKnownRoutes } from './routes/well-known.ts';
import { gateSandboxes } from './sandbox/gate.ts';
import { openStreams } from './streams.ts';
import type { Parts, WebSettings } from './parts.ts';

export interface Web {
  readonly express: Express;
  /** Rejects when the port is taken. Port 0 takes any that is free. Without a host it listens on all addresses. */
  start(port: number, host?: string): Promise<Running>;
}

export function createWeb(settings: WebSettings): Web {
  const { app, log, security, publicUrl, nowMs = Date.now } = settings;
  const streams = openStreams();
  const metrics = createMetrics(app, log, () => streams.size(), security);
  const parts: Parts = { ...settings, nowMs, streams, metrics, keys: keysOf(settings, countFailedKeys(nowMs)) };
  let stopping = false;

  const web = express();
  web.disable('x-powered-by');
  web.disable('etag'); // all our answers are no-store
  web.set('query parser', 'simple');
  web.set('trust proxy', settings.trustProxy ?? false);

  web.use(followRequests(log, metrics, security));
  web.use(checkLocations({ publicUrl, origins: settings.leadsTo ?? [], log }));
  web.use((request, response, next) => {
    secure(response, { https: publicUrl.startsWith('https:') });
    keepFromCrawlers(request, response);
    if (settings.loopbackOnly && !isOurHost(request, publicUrl)) throw refuse('host.unknown');
    if (!stopping) return next();
    response.set('Connection', 'close');
    throw refuse('service.stopping');
  });
  const mounts = gateSandboxes(settings.mounts ?? [], settings.sandboxToken);
  const routes: Route[] = [
    ...taskRoutes(parts),
    ...balanceRoutes(parts),
    ...transactionRoutes(parts),
    ...conversationRoutes(parts),
    ...fileRoutes(parts),
    ...eventRoutes(parts),
    ...downloadRoutes(parts),
    ...authRoutes(parts),
    ...stripeRoutes(parts),
    ...operatorRoutes(parts, settings.metricsToken),
    ...docsRoutes(parts),
    ...wellKnownRoutes(parts, { securityContacts: settings.securityContacts ?? [], hasPortal: settings.portal !== undefined }),
    ...(settings.portal ? [] : landingRoutes(parts, settings.sandboxPages ?? [])),
  ];
  const portalUrl = settings.portal ? publicUrl : null;
  const answer = answerErrors({ ...parts, portalUrl });
  web.use(boundBodies({ limits: limitsOf(mounts, routes), bodyMs: settings.patience?.bodyMs ?? usualPatience.bodyMs, answer }));
  web.use(checkRequestLine);
  addMounts(web, mounts);
  addRoutes(web, routes);
  web.use('/api', nothingHere);
  if (settings.portal) addPortal(web, settings.portal);
  web.use(nothingHere);
  web.use(answer);

  return {
    express: web,
    async start(port, host) {
      let stopHearing = () => {};
      const running = await listen(onlyPaths(web), {
        port,
        unreadable: answerUnreadable(log, portalUrl),
        ...(host !== undefined && { host }),
        ...(settings.patience && { patience: settings.patience }),
        stopping() {
          stopping = true;
          stopHearing();
          streams.endAll();
          for (const mount of mounts) mount.stopping?.();
        },
      });
      stopHearing = app.live.onSessionEnd((userId) => {
        streams.check(userId).catch((error: unknown) => log.error({ error }, 'streams were not checked'));
      });
      return running;
    },
  };
}

function limitsOf(mounts: readonly Mount[], routes: readonly Route[]): Bounds['limits'] {
  const all = [...mounts.map((mount) => ({ path: pathsOf(mount), body: mount.body })), ...routes];
  return all.flatMap(({ path, body }) => (body === undefined ? [] : [{ path, body }]));
}

function nothingHere(): never {
  throw refuse('route.unknown');
}
