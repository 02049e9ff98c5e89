import { route, type RouteConfigEntry } from '@react-router/dev/routes';

export const workRoutes: RouteConfigEntry[] = [route('dashboard', 'work/dashboard.tsx')];
