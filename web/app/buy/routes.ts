import { route, type RouteConfigEntry } from '@react-router/dev/routes';

export const buyRoutes: RouteConfigEntry[] = [
  route('buy', 'buy/packs.tsx'),
  route('buy/done', 'buy/done.tsx'),
  route('buy/:pack', 'buy/pack.tsx'),
];
