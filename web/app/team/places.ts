// Where one can go within a team, by what one may do there. Loaders only: the browser gets the outcome.

import { may, type Permission, type Role } from '#core/domain/team/permission.ts';

const all: readonly { readonly to: string; readonly label: string; readonly needs: Permission | null }[] = [
  { to: '/team', label: 'Members', needs: null },
  { to: '/team/keys', label: 'API keys', needs: 'keys.own' },
  { to: '/team/workspaces', label: 'Chats', needs: 'team.see' },
  { to: '/team/undelivered', label: 'Undelivered', needs: 'letters.resend' },
  { to: '/team/audit', label: 'Audit log', needs: 'audit.see' },
  { to: '/team/data', label: 'Data', needs: 'team.settings' },
];

export interface Place {
  readonly to: string;
  readonly label: string;
  /** Things that wait there. */
  readonly count?: number;
}

export function teamPlaces(role: Role, { undelivered }: { undelivered: number }): Place[] {
  return all
    .filter(({ needs }) => needs === null || may(role, needs))
    .map(({ to, label }) => ({ to, label, ...(to === '/team/undelivered' && undelivered > 0 && { count: undelivered }) }));
}
