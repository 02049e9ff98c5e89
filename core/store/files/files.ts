// Rows of files; their content is in storage under `storageKey`.

import type { FileId, TaskId, TeamId, UserId } from '#core/domain/ids.ts';
import { waitingLimits } from '#core/domain/asks/limits.ts';
import { may, roles } from '#core/domain/team/permission.ts';
import type { Money } from '../database/money.ts';

export interface StoredFile {
  readonly id: FileId;
  readonly teamId: TeamId;
  /** null: no task has taken it yet. */
  readonly taskId: TaskId | null;
  readonly role: 'input' | 'result';
  readonly name: string;
  readonly mime: string;
  readonly storageKey: string;
  readonly removed: boolean;
  /** A person deleted it. */
  readonly deleted: boolean;
  /** Links made until then have ended. */
  readonly linksFrom: Date | null;
}

export interface NewUpload {
  readonly id: FileId;
  readonly teamId: TeamId;
  readonly userId: UserId;
  readonly sizeBytes: number;
}

export interface FullShare {
  readonly whose: 'team' | 'person' | 'arriving';
  readonly files: number;
}

export interface FileRows {
  /** Takes a place for an upload before anything of it is read; when there is none left, says whose share is used up. */
  beginUpload(upload: NewUpload, at: Date, until: Date): Promise<FullShare | null>;
  /** Gives the place of an upload back that failed or was given up. */
  endUpload(id: FileId): Promise<void>;
  /** Places that nobody gave back, because a process ended or the file was kept for its time. */
  overdueUploads(at: Date, most: number): Promise<{ id: FileId; arrived: boolean }[]>;
  /** Keeps it until a task takes it, or `until`. False when its person is no member any more who may ask for work. */
  addInput(
    file: { id: FileId; teamId: TeamId; userId: UserId; name: string; mime: string; sizeBytes: number; sha256: string; storageKey: string },
    at: Date,
    until: Date,
  ): Promise<boolean>;
  find(id: string): Promise<StoredFile | null>;
  /** Kept files whose time is over, and those that a person deleted. A key stays while another row still needs it. */
  expired(at: Date, most: number): Promise<{ id: FileId; storageKey: string; shared: boolean }[]>;
  markRemoved(ids: readonly FileId[], at: Date): Promise<void>;
}

const askers = roles.filter((role) => may(role, 'tasks.ask'));

export function filesOver(money: Money): FileRows {
  return {
    async addInput(file, at, until) {
      // Locked, so that a member who is being removed meanwhile is either in time or refused.
      const { rows } = await money.query(
        {
          text: `WITH still AS MATERIALIZED (
                   SELECT FROM members WHERE team_id = $2 AND user_id = $10 AND role = ANY ($11) FOR SHARE
                 ), arrived AS (
                   UPDATE uploads SET arrived_at = $8, expires_at = $9 WHERE id = $1 AND EXISTS (SELECT FROM still)
                 )
                 INSERT INTO files (id, team_id, role, name, mime, size_bytes, sha256, storage_key, created_at, expires_at)
                 SELECT $1, $2, 'input', $3, $4, $5, $6, $7, $8, $9 WHERE EXISTS (SELECT FROM still) RETURNING id`,
        },
        [file.id, file.teamId, file.name, file.mime, file.sizeBytes, file.sha256, file.storageKey, at, until, file.userId, askers],
      );
      return rows.length > 0;
    },

    async beginUpload({ id, teamId, userId, sizeBytes }, at, until) {
      const { files, bytes, ofOne } = waitingLimits;
      const { rows } = await money.query<{ full_share: FullShare['whose'] | null; waiting: number }>(
        { name: 'upload begins', text: 'SELECT full_share, waiting FROM upload_begin($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)' },
        [id, teamId, userId, sizeBytes, at, until, files, bytes, ofOne.files, ofOne.bytes, ofOne.arriving],
      );
      const { full_share: whose, waiting } = rows[0]!;
      return whose && { whose, files: waiting };
    },

    async endUpload(id) {
      await money.query({ name: 'upload ends', text: 'DELETE FROM uploads WHERE id = $1' }, [id]);
    },

    async overdueUploads(at, most) {
      const { rows } = await money.query<{ id: FileId; arrived: boolean }>(
        {
          text: `SELECT u.id, EXISTS (SELECT FROM files f WHERE f.id = u.id) AS arrived FROM uploads u
                 WHERE u.expires_at <= $1 ORDER BY u.expires_at, u.id LIMIT $2`,
        },
        [at, most],
      );
      return rows;
    },

    async find(id) {
      const { rows } = await money.query<{
        id: FileId;
        team_id: TeamId;
        task_id: TaskId | null;
        role: 'input' | 'result';
        name: string;
        mime: string;
        storage_key: string;
        removed: boolean;
        deleted: boolean;
        links_from: Date | null;
      }>(
        {
          name: 'file',
          text: `SELECT id, team_id, task_id, role, name, mime, storage_key, removed_at IS NOT NULL AS removed, deleted_at IS NOT NULL AS deleted, links_from
                 FROM files WHERE id = $1`,
        },
        [id],
      );
      const row = rows[0];
      if (row === undefined) return null;
      const { team_id, task_id, storage_key, links_from, ...rest } = row;
      return { ...rest, teamId: team_id, taskId: task_id, storageKey: storage_key, linksFrom: links_from };
    },

    async expired(at, most) {
      const { rows } = await money.query<{ id: FileId; storage_key: string; shared: boolean }>(
        {
          text: `SELECT f.id, f.storage_key, EXISTS (
                   SELECT FROM files o WHERE o.storage_key = f.storage_key AND o.id <> f.id AND o.removed_at IS NULL AND o.deleted_at IS NULL AND o.expires_at > $1) AS shared
                 FROM files f WHERE f.removed_at IS NULL AND (f.expires_at <= $1 OR f.deleted_at IS NOT NULL) ORDER BY f.expires_at, f.id LIMIT $2`,
        },
        [at, most],
      );
      return rows.map((row) => ({ id: row.id, storageKey: row.storage_key, shared: row.shared }));
    },

    async markRemoved(ids, at) {
      await money.query(
        {
          // The first rows that we show of a table go with it, also those that a letter carries.
          text: `WITH gone AS (
              UPDATE files SET removed_at = $2, preview = NULL WHERE id = ANY ($1) RETURNING id, task_id
            )
            UPDATE letters l SET saying = jsonb_set(l.saying, '{files}', (
              SELECT jsonb_agg(CASE WHEN f ->> 'fileId' IN (SELECT g.id::text FROM gone g) THEN f - 'preview' ELSE f END ORDER BY n)
              FROM jsonb_array_elements(l.saying -> 'files') WITH ORDINALITY AS e (f, n)))
            WHERE l.task_id IN (SELECT g.task_id FROM gone g) AND jsonb_array_length(l.saying -> 'files') > 0`,
        },
        [ids, at],
      );
    },
  };
}
