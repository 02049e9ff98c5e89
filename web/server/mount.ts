// What bots, sandboxes and the portal bring, as Express takes it.

import type { Express, RequestHandler } from 'express';
import type { Mount } from '#core/ports/mount.ts';
import { addRoutes, type Handler, type Route } from './route.ts';

export function addMounts(express: Express, mounts: readonly Mount[]): void {
  addRoutes(express, withTheirMethods(mounts));
  for (const { path, below, handle } of mounts.filter(({ method }) => method === undefined)) {
    express.all(pathsOf({ path, below }), (request, response) => {
      response.locals.route = below ? `${path}/*` : path;
      return handle(request, response);
    });
  }
}

/** As Express writes them. */
export function pathsOf({ path, below }: Pick<Mount, 'path'> & { readonly below?: boolean | undefined }): `/${string}`[] {
  return below ? [path, `${path}/*rest`] : [path];
}

/** Answers whatever no route before it did. */
export function addPortal(express: Express, handlers: readonly RequestHandler[]): void {
  for (const handle of handlers) express.use(handle);
}

// One path may come twice, once for each method, and the two are one route: a third method is then told about both.
function withTheirMethods(mounts: readonly Mount[]): Route[] {
  const routes = new Map<string, Route>();
  for (const { method, path, below, handle } of mounts) {
    if (method === undefined) continue;
    for (const address of pathsOf({ path, below })) {
      routes.set(address, { ...routes.get(address), path: address, [method]: handle satisfies Handler });
    }
  }
  return [...routes.values()];
}
