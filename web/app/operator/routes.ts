import { route, type RouteConfigEntry } from '@react-router/dev/routes';

export const operatorRoutes: RouteConfigEntry[] = [
  route('operator', 'operator/overview.tsx'),
  route('operator/teams', 'operator/teams.tsx'),
  route('operator/teams/:id', 'operator/team.tsx'),
  route('operator/teams/:id/access', 'operator/access.tsx'),
  route('operator/tasks', 'operator/tasks.tsx'),
  route('operator/undelivered', 'operator/undelivered.tsx'),
  route('operator/mails', 'operator/mails.tsx'),
  route('operator/ledger', 'operator/ledger.tsx'),
  route('operator/billing', 'operator/billing.tsx'),
];
