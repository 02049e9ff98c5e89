import { index, route, type RouteConfigEntry } from '@react-router/dev/routes';

export const frontRoutes: RouteConfigEntry[] = [
  index('front/landing.tsx'),
  route('terms', 'front/terms.tsx'),
  route('privacy', 'front/privacy.tsx'),
  route('logout', 'front/logout.tsx'),
];
