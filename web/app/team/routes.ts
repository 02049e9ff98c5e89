import { route, type RouteConfigEntry } from '@react-router/dev/routes';

export const teamRoutes: RouteConfigEntry[] = [
  route('team', 'team/people.tsx'),
  route('team/keys', 'team/keys.tsx'),
  route('team/audit', 'team/audit.tsx'),
  route('team/audit.csv', 'team/audit-file.ts'),
  route('team/workspaces', 'team/workspaces.tsx'),
  route('team/undelivered', 'team/undelivered.tsx'),
  route('team/data', 'team/data.tsx'),
  route('team/data/export/:id', 'team/export-file.ts'),
  route('link/:token', 'team/link.tsx'),
];

/** Also for people who are not logged in. */
export const invitationRoutes: RouteConfigEntry[] = [route('invitations/:token', 'team/invitation.tsx')];
