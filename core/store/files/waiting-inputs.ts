// Files of requests that their platform still has (the table `waiting_inputs`). The number of its tries tells whose a file is: a
// process that slept through its lease may no longer say what becomes of it.

import type { LostFile, LostInputReason } from '#core/domain/files/lost-input.ts';
import type { FileId, TaskId, TeamId } from '#core/domain/ids.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import { open, seal } from '../database/secrets.ts';
import type { Money } from '../database/money.ts';

export interface WaitingInput {
  readonly id: FileId;
  readonly taskId: TaskId;
  readonly teamId: TeamId;
  /** Of its task. */
  readonly type: AgentType;
  readonly platform: Platform;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  /** What the platform's adapter finds it by; null when it was sealed with a key that is gone. */
  readonly ref: string | null;
  readonly tries: number;
  readonly giveUpAt: Date;
  /** Its task has ended, so nobody wants it any more. */
  readonly isOver: boolean;
  /** Why it cannot be had; it was claimed because the others took too long. */
  readonly lost: LostInputReason | null;
}

/** What is known of a task's files that are not here. */
export interface NotHere {
  readonly lost: readonly LostFile[];
  /** How many may still come. */
  readonly open: number;
}

export interface WaitingInputs {
  /** For the row of a request. */
  sealed(id: FileId, ref: string): Buffer;
  /** Takes files that are due; they are this process's for `leaseMs`. */
  claim(platforms: readonly string[], at: Date, leaseMs: number, most: number): Promise<WaitingInput[]>;
  /** False when it was taken over, or is not wanted any more. */
  kept(
    input: WaitingInput,
    file: { name: string; mime: string; sizeBytes: number; sha256: string; storageKey: string },
    at: Date,
  ): Promise<boolean>;
  later(input: WaitingInput, nextAt: Date): Promise<void>;
  /** It cannot be had. It is claimed once more at `endAt`. */
  lost(input: WaitingInput, why: LostInputReason, endAt: Date): Promise<void>;
  notHere(taskId: TaskId): Promise<NotHere>;
  /** Once nothing of it is left in storage. Its task remembers that it had this file, so that it is not run again without it. */
  drop(input: WaitingInput, storageKey: string, at: Date): Promise<void>;
}

export function waitingInputsOver(money: Money, encryptionKeys: readonly string[]): WaitingInputs {
  return {
    sealed: (id, ref) => seal(encryptionKeys[0]!, inputSealedAs(id), ref),

    async claim(platforms, at, leaseMs, most) {
      const { rows } = await money.query<ClaimRow>(
        {
          name: 'claim inputs',
          text: `WITH due AS (
              SELECT w.id FROM waiting_inputs w WHERE w.platform = ANY ($1) AND w.next_at <= $2 ORDER BY w.next_at, w.id LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED
            )
            UPDATE waiting_inputs w SET tries = w.tries + 1, next_at = $2::timestamptz + make_interval(secs => $3) FROM due d, tasks t
            WHERE w.id = d.id AND t.id = w.task_id
            RETURNING w.id, w.task_id, w.team_id, t.type, w.platform, w.name, w.mime, w.size_bytes, w.ref, w.tries, w.give_up_at, w.lost,
              t.status NOT IN ('awaiting_approval', 'pending') AS over`,
        },
        [platforms, at, leaseMs / 1000, most],
      );
      return rows.map((row) => ({
        id: row.id,
        taskId: row.task_id,
        teamId: row.team_id,
        type: row.type,
        platform: row.platform,
        name: row.name,
        mime: row.mime,
        sizeBytes: Number(row.size_bytes),
        ref: opened(encryptionKeys, row.id, row.ref),
        tries: row.tries,
        giveUpAt: row.give_up_at,
        isOver: row.over,
        lost: row.lost,
      }));
    },

    async kept({ id, tries }, { name, mime, sizeBytes, sha256, storageKey }, at) {
      const { rows } = await money.query<{ kept: boolean }>(
        { name: 'input kept', text: 'SELECT input_kept($1, $2, $3, $4, $5, $6, $7, $8) AS kept' },
        [id, tries, name, mime, sizeBytes, sha256, storageKey, at],
      );
      return rows[0]!.kept;
    },

    async later({ id, tries }, nextAt) {
      await money.query({ text: 'UPDATE waiting_inputs SET next_at = $3 WHERE id = $1 AND tries = $2' }, [id, tries, nextAt]);
    },

    async lost({ id, tries }, why, endAt) {
      await money.query({ text: 'UPDATE waiting_inputs SET lost = $3, next_at = $4 WHERE id = $1 AND tries = $2' }, [
        id,
        tries,
        why,
        endAt,
      ]);
    },

    async notHere(taskId) {
      const { rows } = await money.query<{ name: string; lost: LostInputReason | null }>(
        {
          name: 'inputs not here',
          text: 'SELECT name, lost FROM waiting_inputs WHERE task_id = $1 ORDER BY created_at, id',
        },
        [taskId],
      );
      const lost = rows.flatMap(({ name, lost: why }) => (why === null ? [] : [{ name, why }]));
      return { lost, open: rows.length - lost.length };
    },

    async drop({ id, tries }, storageKey, at) {
      await money.query(
        {
          text: `WITH gone AS (DELETE FROM waiting_inputs WHERE id = $1 AND tries = $2 RETURNING *)
                 INSERT INTO files (id, team_id, task_id, role, name, mime, size_bytes, sha256, storage_key, created_at, expires_at, removed_at)
                 SELECT id, team_id, task_id, 'input', name, mime, size_bytes, '', $4, created_at, $3, $3 FROM gone`,
        },
        [id, tries, at, storageKey],
      );
    },
  };
}

/** The name under which a reference is sealed, so that it opens in no other row. */
export function inputSealedAs(id: FileId): string {
  return `input:${id}`;
}

function opened(keys: readonly string[], id: FileId, ref: Buffer): string | null {
  try {
    return open(keys, inputSealedAs(id), ref);
  } catch {
    return null; // its person attaches it again
  }
}

interface ClaimRow {
  readonly id: FileId;
  readonly task_id: TaskId;
  readonly team_id: TeamId;
  readonly type: AgentType;
  readonly platform: Platform;
  readonly name: string;
  readonly mime: string;
  readonly size_bytes: string;
  readonly ref: Buffer;
  readonly tries: number;
  readonly give_up_at: Date;
  readonly over: boolean;
  readonly lost: LostInputReason | null;
}
