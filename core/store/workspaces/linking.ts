// Accounts and workspaces of chat platforms: those that are linked, and those that wait for their person's yes. A request is
// a row that goes with its one use; asking again replaces it, so the newest link is the one that works.

import type pg from 'pg';
import type { IdentityId, TeamId, UserId, WorkspaceId } from '#core/domain/ids.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { writeAudit, type Writes } from '../team/audit.ts';
import { hashBearer } from '../database/bearer.ts';
import type { Money } from '../database/money.ts';
import { nameOf } from '../accounts/people.ts';
import { claimIdentity } from './claim-identity.ts';
import {
  changeWorkspace,
  linkWorkspace,
  unlinkWorkspace,
  workspacesOf,
  type CapsWanted,
  type StoredWorkspace,
} from './linked-workspaces.ts';

export interface Linking {
  request(request: LinkRequest, token: string, expiresAt: Date, at: Date): Promise<void>;
  /** Whether a link waits for the person of this account. */
  isWaiting(account: { platform: Platform; workspace: string | null; externalId: string }, at: Date): Promise<boolean>;
  /** What a link is for, and whose that is now; null when it was used, replaced or is too old. */
  look(token: string, at: Date): Promise<LookedAtLink | null>;
  /** `taken` when the account is somebody else's; it uses nothing up. */
  linkIdentity(token: string, to: { userId: UserId; teamId: TeamId }, write: WriteNotice, at: Date): Promise<LinkAnswer>;
  /** Within these caps, where the team does not have it yet. */
  linkWorkspace(token: string, to: { userId: UserId; teamId: TeamId }, wanted: CapsWanted, at: Date): Promise<LinkAnswer>;
  identitiesOf(userId: UserId): Promise<StoredIdentity[]>;
  workspacesOf(teamId: TeamId): Promise<StoredWorkspace[]>;
  /** False when this person has no such account. */
  unlinkIdentity(id: IdentityId, by: { userId: UserId; teamId: TeamId }, at: Date): Promise<boolean>;
  /** False when there is no such workspace in the team. */
  changeWorkspace(
    id: WorkspaceId,
    by: { userId: UserId; teamId: TeamId },
    wanted: CapsWanted & { readonly guestsMayAsk: boolean },
    at: Date,
  ): Promise<boolean>;
  /** False when there is no such workspace in the team. */
  unlinkWorkspace(id: WorkspaceId, by: { userId: UserId; teamId: TeamId }, at: Date): Promise<boolean>;
}

/** What a bot knows about the account or workspace that is to be linked. */
export interface LinkRequest {
  readonly kind: 'identity' | 'workspace';
  readonly platform: Platform;
  /** Of an account: its workspace, where accounts are known by that; else null. Of a workspace: null. */
  readonly workspace: string | null;
  readonly externalId: string;
  /** The account's; of a workspace, that of the account that asked. */
  readonly accountName: string | null;
  readonly placeName: string | null;
}

export interface LookedAtLink extends LinkRequest {
  /** Whose it is now; null when nobody's. */
  readonly userId: UserId | null;
  readonly teamId: TeamId | null;
}

export type LinkAnswer =
  | { readonly outcome: 'linked' | 'same'; readonly request: LinkRequest }
  | { readonly outcome: 'over' }
  | { readonly outcome: 'taken' };

/** Tells the person about it within the same transaction. */
export type WriteNotice = (linked: { identityId: IdentityId; name: string }, on: Writes) => Promise<void>;

export interface StoredIdentity {
  readonly id: IdentityId;
  readonly platform: Platform;
  readonly name: string | null;
  readonly externalId: string;
  /** The name of its workspace, when that is linked to some team we may name: one of the person's own. */
  readonly workspace: string | null;
}

export function linkingOver(money: Money): Linking {
  return {
    async request({ kind, platform, workspace, externalId, accountName, placeName }, token, expiresAt, at) {
      await money.transaction(async (client) => {
        await client.query('DELETE FROM link_requests WHERE expires_at < $1', [at]);
        await client.query(
          `INSERT INTO link_requests (token_hash, kind, platform, space, external_id, account_name, place_name, expires_at)
           VALUES ($1, $2, $3, coalesce($4, ''), $5, $6, $7, $8)
           ON CONFLICT (kind, platform, space, external_id) DO UPDATE SET token_hash = excluded.token_hash,
             account_name = excluded.account_name, place_name = excluded.place_name, expires_at = excluded.expires_at`,
          [hashBearer(token), kind, platform, workspace, externalId, accountName, placeName, expiresAt],
        );
      });
    },

    async isWaiting({ platform, workspace, externalId }, at) {
      const { rows } = await money.query(
        {
          text: `SELECT FROM link_requests WHERE kind = 'identity' AND platform = $1 AND space = coalesce($2, '') AND external_id = $3 AND expires_at > $4`,
        },
        [platform, workspace, externalId, at],
      );
      return rows.length > 0;
    },

    async look(token, at) {
      const { rows } = await money.query<RequestRow & { user_id: UserId | null; team_id: TeamId | null }>(
        {
          text: `SELECT r.kind, r.platform, r.space, r.external_id, r.account_name, r.place_name, i.user_id, w.team_id FROM link_requests r
                 LEFT JOIN identities i ON r.kind = 'identity' AND i.platform = r.platform AND i.space = r.space AND i.external_id = r.external_id
                 LEFT JOIN workspaces w ON r.kind = 'workspace' AND w.platform = r.platform AND w.external_id = r.external_id AND w.uninstalled_at IS NULL
                 WHERE r.token_hash = $1 AND r.expires_at > $2`,
        },
        [hashBearer(token), at],
      );
      return rows[0] ? { ...requestOf(rows[0]), userId: rows[0].user_id, teamId: rows[0].team_id } : null;
    },

    linkIdentity: (token, { userId, teamId }, write, at) =>
      money.transaction(async (client): Promise<LinkAnswer> => {
        const request = await takeRequest(client, token, 'identity', at);
        if (request === null) return { outcome: 'over' };
        const account = { ...request, name: request.accountName };
        const { outcome, identityId } = await claimIdentity(client, account, userId, at);
        if (outcome === 'taken') return { outcome };
        await endRequest(client, token);
        if (outcome === 'same') return { outcome, request };
        await write({ identityId, name: (await nameOf(client, userId)) ?? '' }, client);
        await writeAudit(client, {
          at,
          actor: `user:${userId}`,
          act: 'identity.linked',
          teamId,
          subject: `identity:${identityId}`,
          facts: { platform: request.platform, name: request.accountName ?? request.externalId },
        });
        return { outcome: 'linked', request };
      }),

    linkWorkspace: (token, to, wanted, at) =>
      money.transaction(async (client): Promise<LinkAnswer> => {
        const request = await takeRequest(client, token, 'workspace', at);
        if (request === null) return { outcome: 'over' };
        const outcome = await linkWorkspace(client, request, to, wanted, at);
        if (outcome === 'taken') return { outcome };
        await endRequest(client, token);
        return { outcome, request };
      }),

    async identitiesOf(userId) {
      const { rows } = await money.query<{
        id: IdentityId;
        platform: Platform;
        name: string | null;
        external_id: string;
        workspace: string | null;
      }>(
        {
          text: `SELECT i.id, i.platform, i.display_name AS name, i.external_id,
                   (SELECT w.name FROM workspaces w JOIN members m ON m.team_id = w.team_id AND m.user_id = i.user_id
                    WHERE w.platform = i.platform AND w.external_id = i.space) AS workspace
                 FROM identities i WHERE i.user_id = $1 ORDER BY i.platform, i.created_at, i.id`,
        },
        [userId],
      );
      return rows.map(({ external_id: externalId, ...row }) => ({ ...row, externalId }));
    },

    workspacesOf: (teamId) => workspacesOf(money, teamId),

    unlinkIdentity: (id, { userId, teamId }, at) =>
      money.transaction(async (client) => {
        const { rows } = await client.query<{ platform: Platform; name: string }>(
          'UPDATE identities SET user_id = NULL WHERE id = $1 AND user_id = $2 RETURNING platform, coalesce(display_name, external_id) AS name',
          [id, userId],
        );
        if (rows[0] === undefined) return false;
        await writeAudit(client, {
          at,
          actor: `user:${userId}`,
          act: 'identity.unlinked',
          teamId,
          subject: `identity:${id}`,
          facts: rows[0],
        });
        return true;
      }),

    changeWorkspace: (id, by, wanted, at) => changeWorkspace(money, id, by, wanted, at),

    unlinkWorkspace: (id, by, at) => unlinkWorkspace(money, id, by, at),
  };
}

interface RequestRow {
  readonly kind: LinkRequest['kind'];
  readonly platform: Platform;
  readonly space: string;
  readonly external_id: string;
  readonly account_name: string | null;
  readonly place_name: string | null;
}

function requestOf({
  kind,
  platform,
  space,
  external_id: externalId,
  account_name: accountName,
  place_name: placeName,
}: RequestRow): LinkRequest {
  return { kind, platform, workspace: space === '' ? null : space, externalId, accountName, placeName };
}

/** Two who press at the same time meet here; the second one finds nothing. */
async function takeRequest(client: pg.PoolClient, token: string, kind: LinkRequest['kind'], at: Date): Promise<LinkRequest | null> {
  const { rows } = await client.query<RequestRow>(
    `SELECT kind, platform, space, external_id, account_name, place_name FROM link_requests
     WHERE token_hash = $1 AND kind = $2 AND expires_at > $3 FOR UPDATE`,
    [hashBearer(token), kind, at],
  );
  return rows[0] ? requestOf(rows[0]) : null;
}

async function endRequest(client: pg.PoolClient, token: string) {
  await client.query('DELETE FROM link_requests WHERE token_hash = $1', [hashBearer(token)]);
}
