// Workspaces that a team pays for: linked within what may be spent there in a day, changed, and unlinked. Whoever changes limits
// takes the wallets' locks first, as every hold does.

import type pg from 'pg';
import { newId, type TeamId, type UserId, type WalletId, type WorkspaceId } from '#core/domain/ids.ts';
import { micro, type Credits } from '#core/domain/credits/credits.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { workspaceSubject, type WorkspaceCaps } from '#core/domain/workspaces/caps.ts';
import { writeLimit, type LimitId } from '../credits/limits.ts';
import type { Money } from '../database/money.ts';
import { writeAudit } from '../team/audit.ts';

export interface StoredWorkspace {
  readonly id: WorkspaceId;
  readonly platform: Platform;
  readonly externalId: string;
  readonly name: string;
  readonly since: Date;
  /** False when the bot was removed there. */
  readonly installed: boolean;
  /** What the platform granted the app there; empty where nobody has said. */
  readonly scopes: readonly string[];
  /** How many members of the team have linked their account there. */
  readonly people: number;
  readonly guestsMayAsk: boolean;
  readonly caps: WorkspaceCaps;
}

/** Caps, and where their days begin. */
export interface CapsWanted {
  readonly caps: WorkspaceCaps;
  readonly timeZone: string;
}

interface By {
  readonly userId: UserId;
  readonly teamId: TeamId;
}

/** Part of a transaction. `taken` when another team has it. */
export async function linkWorkspace(
  client: pg.PoolClient,
  { platform, externalId, placeName }: { readonly platform: Platform; readonly externalId: string; readonly placeName: string | null },
  { userId, teamId }: By,
  wanted: CapsWanted,
  at: Date,
): Promise<'linked' | 'same' | 'taken'> {
  const name = placeName ?? externalId;
  const before = await client.query<{ team_id: TeamId }>(
    'SELECT team_id FROM workspaces WHERE platform = $1 AND external_id = $2 AND team_id <> $3',
    [platform, externalId, teamId],
  );
  const wallets = await lockWallets(client, [teamId, ...before.rows.map((row) => row.team_id)]);
  // One statement decides between two teams: a workspace that another one has is left alone.
  const { rows } = await client.query<{ id: WorkspaceId; had: boolean }>(
    `WITH before AS (SELECT team_id FROM workspaces WHERE platform = $2 AND external_id = $3 AND uninstalled_at IS NULL)
     INSERT INTO workspaces AS w (id, platform, external_id, team_id, name, installed_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (platform, external_id) DO UPDATE SET name = excluded.name, team_id = excluded.team_id, uninstalled_at = NULL,
       guests_may_ask = w.guests_may_ask AND w.team_id = excluded.team_id
     WHERE w.team_id = excluded.team_id OR w.uninstalled_at IS NOT NULL
     RETURNING id, EXISTS (SELECT FROM before) AS had`,
    [newId<WorkspaceId>(at.getTime()), platform, externalId, teamId, name, at],
  );
  if (rows[0] === undefined) return 'taken';
  if (rows[0].had) return 'same';
  const subject = workspaceSubject(platform, externalId);
  for (const [team, walletId] of wallets) if (team !== teamId) await dropCaps(client, walletId, subject, at);
  await writeCaps(client, { userId, teamId }, wallets.get(teamId)!, subject, wanted, at);
  await writeAudit(client, {
    at,
    actor: `user:${userId}`,
    act: 'workspace.linked',
    teamId,
    subject: `workspace:${rows[0].id}`,
    facts: { platform, name },
  });
  return 'linked';
}

export async function workspacesOf(money: Money, teamId: TeamId): Promise<StoredWorkspace[]> {
  const { rows } = await money.query<WorkspaceRow>(
    {
      text: `SELECT w.id, w.platform, w.external_id, w.name, w.installed_at AS since, w.uninstalled_at IS NULL AS installed, w.guests_may_ask,
               coalesce((SELECT n.scopes FROM installations n WHERE n.platform = w.platform AND n.external_id = w.external_id), '{}') AS scopes,
               (SELECT count(DISTINCT m.user_id)::int FROM members m JOIN identities i ON i.user_id = m.user_id
                WHERE m.team_id = w.team_id AND i.platform = w.platform AND i.space IN ('', w.external_id)) AS people,
               (SELECT l.credits FROM limits l WHERE ${ITS_CAPS} AND l.kind = 'workspace-person') AS person_per_day,
               (SELECT l.credits FROM limits l WHERE ${ITS_CAPS} AND l.kind = 'workspace') AS workspace_per_day
             FROM workspaces w JOIN wallets v ON v.team_id = w.team_id WHERE w.team_id = $1 ORDER BY w.platform, lower(w.name), w.id`,
    },
    [teamId],
  );
  return rows.map(({ external_id, guests_may_ask, person_per_day, workspace_per_day, ...row }) => ({
    ...row,
    externalId: external_id,
    guestsMayAsk: guests_may_ask,
    caps: { personPerDay: amount(person_per_day), workspacePerDay: amount(workspace_per_day) },
  }));
}

/** Changes who may spend how much there. False when there is no such workspace in the team. */
export function changeWorkspace(
  money: Money,
  id: WorkspaceId,
  { userId, teamId }: By,
  { guestsMayAsk, ...wanted }: CapsWanted & { readonly guestsMayAsk: boolean },
  at: Date,
): Promise<boolean> {
  return money.transaction(async (client) => {
    const wallets = await lockWallets(client, [teamId]);
    const { rows } = await client.query<{ platform: Platform; external_id: string; name: string; before: boolean }>(
      `UPDATE workspaces SET guests_may_ask = $3 WHERE id = $1 AND team_id = $2
       RETURNING platform, external_id, name, old.guests_may_ask AS before`,
      [id, teamId, guestsMayAsk],
    );
    if (rows[0] === undefined) return false;
    const { platform, external_id: externalId, name, before } = rows[0];
    await writeCaps(client, { userId, teamId }, wallets.get(teamId)!, workspaceSubject(platform, externalId), wanted, at);
    if (before !== guestsMayAsk)
      await writeAudit(client, {
        at,
        actor: `user:${userId}`,
        act: 'workspace.changed',
        teamId,
        subject: `workspace:${id}`,
        facts: { platform, name, guestsMayAsk },
      });
    return true;
  });
}

/** The app stays there. False when there is no such workspace in the team. */
export function unlinkWorkspace(money: Money, id: WorkspaceId, { userId, teamId }: By, at: Date): Promise<boolean> {
  return money.transaction(async (client) => {
    const wallets = await lockWallets(client, [teamId]);
    const { rows } = await client.query<{ platform: Platform; external_id: string; name: string }>(
      'DELETE FROM workspaces WHERE id = $1 AND team_id = $2 RETURNING platform, external_id, name',
      [id, teamId],
    );
    if (rows[0] === undefined) return false;
    const { external_id: externalId, ...facts } = rows[0];
    await dropCaps(client, wallets.get(teamId)!, workspaceSubject(facts.platform, externalId), at);
    await writeAudit(client, {
      at,
      actor: `user:${userId}`,
      act: 'workspace.unlinked',
      teamId,
      subject: `workspace:${id}`,
      facts,
    });
    return true;
  });
}

const ITS_CAPS = `l.wallet_id = v.id AND l.subject = w.platform || ':' || w.external_id AND l.period = 'day' AND l.removed_at IS NULL`;

/** In the order of their ids, as everybody does. */
async function lockWallets(client: pg.PoolClient, teamIds: readonly TeamId[]): Promise<Map<TeamId, WalletId>> {
  const { rows } = await client.query<{ id: WalletId; team_id: TeamId }>(
    'SELECT id, team_id FROM wallets WHERE team_id = ANY ($1) ORDER BY id FOR NO KEY UPDATE',
    [teamIds],
  );
  return new Map(rows.map((row) => [row.team_id, row.id]));
}

async function writeCaps(
  client: pg.PoolClient,
  { userId, teamId }: By,
  walletId: WalletId,
  subject: string,
  { caps, timeZone }: CapsWanted,
  at: Date,
) {
  const by = `user:${userId}`;
  for (const [kind, credits] of [
    ['workspace', caps.workspacePerDay],
    ['workspace-person', caps.personPerDay],
  ] as const) {
    if (credits !== null) {
      const limit = { id: newId<LimitId>(at.getTime()), kind, subject, credits, period: 'day', timeZone } as const;
      await writeLimit(client, { teamId, walletId }, limit, by, at);
      continue;
    }
    const { rows } = await client.query<{ credits: string }>(
      `UPDATE limits SET removed_at = $4 WHERE wallet_id = $1 AND kind = $2 AND subject = $3 AND period = 'day' AND removed_at IS NULL RETURNING credits`,
      [walletId, kind, subject, at],
    );
    if (rows[0] !== undefined)
      await writeAudit(client, {
        at,
        actor: by,
        act: 'limit.removed',
        teamId,
        subject,
        facts: { kind, period: 'day', credits: rows[0].credits },
      });
  }
}

/** With the workspace go all of its limits; that it was unlinked says so. */
async function dropCaps(client: pg.PoolClient, walletId: WalletId, subject: string, at: Date) {
  await client.query(
    `UPDATE limits SET removed_at = $3 WHERE wallet_id = $1 AND subject = $2 AND kind IN ('workspace', 'workspace-person') AND removed_at IS NULL`,
    [walletId, subject, at],
  );
}

function amount(credits: string | null): Credits | null {
  return credits === null ? null : micro(credits);
}

interface WorkspaceRow {
  readonly id: WorkspaceId;
  readonly platform: Platform;
  readonly external_id: string;
  readonly name: string;
  readonly since: Date;
  readonly installed: boolean;
  readonly people: number;
  readonly guests_may_ask: boolean;
  readonly person_per_day: string | null;
  readonly workspace_per_day: string | null;
  readonly scopes: readonly string[];
}
