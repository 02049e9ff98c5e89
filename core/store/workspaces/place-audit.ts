// Who may ask where, as the audit log of the team that pays there keeps it. What a channel takes without a mention, and what is muted,
// is no line: it spends nothing.

import type pg from 'pg';
import type { TeamId, UserId, WorkspaceId } from '#core/domain/ids.ts';
import type { NamedPlace, PlaceRules } from '#core/domain/workspaces/place.ts';
import { writeAudit } from '../team/audit.ts';

/** Whose account on the platform made rules, or who in the portal. */
export type RuledBy = { readonly space: string | null; readonly externalId: string } | { readonly userId: UserId };

type Was = Pick<PlaceRules, 'roles' | 'onlyListed' | 'open' | 'guestsMayAsk'>;

/** Part of the transaction that changed the rules. */
export async function ruled(
  client: pg.PoolClient,
  place: NamedPlace,
  was: Was,
  rules: Partial<PlaceRules>,
  at: Date,
  by: RuledBy | undefined,
): Promise<void> {
  const changes = changesOf(place, was, rules);
  if (changes.length === 0) return;
  const { rows } = await client.query<{ id: WorkspaceId; team_id: TeamId; name: string }>(
    'SELECT id, team_id, name FROM workspaces WHERE platform = $1 AND external_id = $2 AND uninstalled_at IS NULL',
    [place.platform, place.workspace],
  );
  if (rows[0] === undefined) return;
  const { id, team_id: teamId, name } = rows[0];
  const userId = by === undefined ? null : 'userId' in by ? by.userId : await userOf(client, place, by);
  const actor = userId === null ? 'system' : `user:${userId}`;
  const facts = { platform: place.platform, name, place: place.kind === 'workspace' ? null : (place.name ?? 'a channel') };
  const isThere = by !== undefined && !('userId' in by);
  for (const change of changes)
    await writeAudit(client, {
      at,
      actor,
      act: 'place.changed',
      teamId,
      subject: `workspace:${id}`,
      facts: { ...facts, change, ...(isThere && { there: true }) },
    });
}

function changesOf({ kind }: NamedPlace, was: Was, { roles, onlyListed, open, guestsMayAsk }: Partial<PlaceRules>): string[] {
  const isWhole = kind === 'workspace';
  return [
    ...(onlyListed !== undefined && onlyListed !== was.onlyListed ? [onlyListed ? 'only-listed' : 'everywhere'] : []),
    ...(open !== undefined && open !== was.open ? [`${isWhole ? 'direct' : 'channel'}-${open ? 'opened' : 'closed'}`] : []),
    ...(roles !== undefined && !same(roles, was.roles) ? [roles.length === 0 ? 'no-roles' : 'roles'] : []),
    ...(guestsMayAsk !== undefined && guestsMayAsk !== was.guestsMayAsk ? ['guests'] : []),
  ];
}

function same(these: readonly string[], those: readonly string[]): boolean {
  return these.length === those.length && these.every((each) => those.includes(each));
}

/** null for an account that is linked to nobody. */
async function userOf(
  client: pg.PoolClient,
  { platform }: NamedPlace,
  { space, externalId }: { readonly space: string | null; readonly externalId: string },
): Promise<UserId | null> {
  const { rows } = await client.query<{ user_id: UserId | null }>(
    `SELECT user_id FROM identities WHERE platform = $1 AND space = coalesce($2, '') AND external_id = $3`,
    [platform, space, externalId],
  );
  return rows[0]?.user_id ?? null;
}
