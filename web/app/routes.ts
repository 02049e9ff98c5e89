// Every address of the portal. Each area lists its own.

import { layout, route, type RouteConfig, type RouteConfigEntry } from '@react-router/dev/routes';
import { buyRoutes } from './buy/routes.ts';
import { creditsRoutes } from './credits/routes.ts';
import { frontRoutes } from './front/routes.ts';
import { operatorRoutes } from './operator/routes.ts';
import { settingsRoutes } from './settings/routes.ts';
import { invitationRoutes, teamRoutes } from './team/routes.ts';
import { workRoutes } from './work/routes.ts';

export default [
  layout('front/layout.tsx', inside('front', [...frontRoutes, ...invitationRoutes, route('*', 'not-found.tsx')])),
  layout('buy/frame.tsx', inside('buy', buyRoutes)),
  layout('portal.tsx', inside('portal', [...workRoutes, ...creditsRoutes, ...teamRoutes, ...settingsRoutes, ...operatorRoutes])),
] satisfies RouteConfig;

function inside(frame: string, routes: RouteConfigEntry[]): RouteConfigEntry[] {
  return [layout('boundary.tsx', { id: `${frame}-boundary` }, routes)];
}
