import { route, type RouteConfigEntry } from '@react-router/dev/routes';

export const creditsRoutes: RouteConfigEntry[] = [route('credits', 'credits/overview.tsx')];
