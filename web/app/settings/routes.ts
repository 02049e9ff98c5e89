import { route, type RouteConfigEntry } from '@react-router/dev/routes';

export const settingsRoutes: RouteConfigEntry[] = [
  route('settings', 'settings/settings.tsx'),
  route('settings/keys', 'settings/keys.tsx'),
  route('settings/account', 'settings/account.tsx'),
];
