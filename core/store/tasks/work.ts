// What a worker must know of a task before it begins.

import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import { micro, type Credits } from '#core/domain/credits/credits.ts';
import type { ConversationId, FileId, TaskId, TeamId } from '#core/domain/ids.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';

export interface Work {
  readonly taskId: TaskId;
  readonly teamId: TeamId;
  readonly conversationId: ConversationId;
  readonly platform: Platform;
  readonly type: AgentType;
  readonly requestText: string;
  readonly quantity: number | null;
  readonly rateVersion: number;
  readonly held: Credits;
  readonly deadlineAt: Date;
  readonly cancelRequested: boolean;
  readonly inputs: readonly {
    readonly id: FileId;
    readonly name: string;
    readonly mime: string;
    readonly sizeBytes: number;
    readonly storageKey: string;
  }[];
  /** The last finished tasks of the conversation, oldest first, with the session that did each. */
  readonly before: readonly {
    readonly requestText: string;
    readonly summary: string | null;
    readonly files: readonly string[];
    readonly sessionKey: string | null;
  }[];
}

/** How much of a conversation an agent that does not know it is told. */
const TASKS_TOLD = 5;

/** What `FROM tasks t` needs to give WorkRows. */
export const WORK_COLUMNS = `
  t.team_id, t.conversation_id, t.platform, t.type, t.request_text, t.quantity, t.rate_version, t.deadline_at, t.cancel_requested_at IS NOT NULL AS cancel_requested,
  (SELECT coalesce(sum(h.credits), 0)::bigint FROM holds h WHERE h.task_id = t.id AND h.closed_seq IS NULL) AS held,
  (SELECT coalesce(json_agg(json_build_object('id', f.id, 'name', f.name, 'mime', f.mime, 'sizeBytes', f.size_bytes, 'storageKey', f.storage_key) ORDER BY f.storage_key, f.id), '[]')
     FROM files f WHERE f.task_id = t.id AND f.role = 'input' AND f.removed_at IS NULL) AS inputs,
  (SELECT coalesce(json_agg(b ORDER BY b.created_at, b.id), '[]') FROM (
     SELECT o.created_at, o.id, o.request_text AS "requestText", o.result ->> 'summary' AS summary,
       (SELECT coalesce(json_agg(f.name ORDER BY f.id), '[]') FROM files f WHERE f.task_id = o.id AND f.role = 'result') AS files,
       (SELECT a.session_key FROM attempts a WHERE a.task_id = o.id AND a.outcome = 'done' ORDER BY a.number DESC LIMIT 1) AS "sessionKey"
     FROM tasks o WHERE o.conversation_id = t.conversation_id AND (o.created_at, o.id) < (t.created_at, t.id) AND o.status = 'completed'
     ORDER BY o.created_at DESC, o.id DESC LIMIT ${TASKS_TOLD}) b) AS before`;

export function workFrom(taskId: TaskId, row: WorkRow): Work {
  return {
    taskId,
    teamId: row.team_id,
    conversationId: row.conversation_id,
    platform: row.platform,
    type: row.type,
    requestText: row.request_text,
    quantity: row.quantity,
    rateVersion: row.rate_version,
    held: micro(row.held),
    deadlineAt: row.deadline_at,
    cancelRequested: row.cancel_requested,
    inputs: row.inputs,
    before: row.before,
  };
}

export interface WorkRow {
  team_id: TeamId;
  conversation_id: ConversationId;
  platform: Platform;
  type: AgentType;
  request_text: string;
  quantity: number | null;
  rate_version: number;
  deadline_at: Date;
  cancel_requested: boolean;
  held: string;
  inputs: Work['inputs'];
  before: Work['before'];
}
