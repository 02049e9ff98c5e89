// A task as people see it: the API, the portal and the terminal show the same view. Amounts are credits, not micro-credits.

import type { AgentType } from './agent-type.ts';
import { asNumber, type Credits } from '../credits/credits.ts';
import { lostFileWords, type LostFile } from '../files/lost-input.ts';
import { failureFor, type FailureCode } from './failure.ts';
import type { ConversationId, FileId, TaskId } from '../ids.ts';
import { rateOf } from '../credits/rates.ts';
import { originalPath } from '../files/original-file.ts';
import type { TablePreview } from '../messages/reply.ts';
import { isOver, type TaskStatus } from './task.ts';
import { firstLine } from '../text/text.ts';

export interface TaskView {
  readonly id: TaskId;
  readonly conversationId: ConversationId;
  /** Its page in the portal; null where there is no portal. */
  readonly url: string | null;
  /** The request's first line. */
  readonly title: string;
  readonly requestText: string;
  readonly type: AgentType;
  readonly because: string;
  readonly status: TaskStatus;
  /** "Working on it", "Done". */
  readonly statusWords: string;
  readonly over: boolean;
  /** How many were asked for, of what; null where the type is not countable. */
  readonly quantity: { readonly asked: number; readonly delivered: number | null; readonly unit: string } | null;
  readonly estimate: { readonly low: number; readonly high: number };
  /** Until when its person can approve it, ISO 8601; null for a task that does not wait for approval. */
  readonly approveBy: string | null;
  /** Set aside now; 0 once it is over. */
  readonly creditsHeld: number;
  readonly creditsUsed: number;
  readonly result: { readonly summary: string; readonly sample: boolean } | null;
  readonly failure: {
    readonly code: FailureCode;
    readonly message: string;
    readonly wayForward: string;
    /** The files that could not be downloaded, in words: at most as many as a request may have. Only with `inputs.missing`. */
    readonly lostFiles?: readonly { readonly name: string; readonly reason: string }[];
  } | null;
  readonly files: readonly FileView[];
  readonly retryOf: TaskId | null;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export interface FileView {
  readonly id: FileId;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  /** Our link, which re-signs at each click; null once the file is no longer kept. */
  readonly url: string | null;
  /** Where formulas were taken out of it: the path of the file as the agent wrote it, for members of the team. */
  readonly original: string | null;
  readonly preview: TablePreview | null;
  /** When a person deleted it, ISO 8601; null for a file that nobody deleted. */
  readonly deletedAt: string | null;
}

/** What the store knows about a task. */
export interface TaskRow {
  readonly id: TaskId;
  readonly conversationId: ConversationId;
  readonly requestText: string;
  readonly type: AgentType;
  readonly because: string;
  readonly status: TaskStatus;
  readonly quantity: number | null;
  readonly rateVersion: number;
  readonly estimateLow: Credits;
  readonly estimateHigh: Credits;
  readonly approveBy: Date | null;
  readonly held: Credits;
  readonly creditsUsed: Credits;
  readonly result: { readonly summary: string; readonly sample: boolean; readonly units: number | null } | null;
  readonly failure: { readonly code: FailureCode; readonly lost?: readonly LostFile[] } | null;
  readonly retryOf: TaskId | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly files: readonly FileRow[];
}

export interface FileRow {
  readonly id: FileId;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  readonly preview: TablePreview | null;
  /** Formulas were taken out of it, and it is kept as it was, too. */
  readonly hasOriginal: boolean;
  readonly removedAt: Date | null;
  readonly deletedAt: Date | null;
}

export function viewTask(
  task: TaskRow,
  links: { readonly portalUrl: string | null; readonly linkFor: (fileId: FileId) => string },
): TaskView {
  const { unit } = rateOf(task.type, task.rateVersion);
  return {
    id: task.id,
    conversationId: task.conversationId,
    url: links.portalUrl === null ? null : taskPage(links.portalUrl, task.id),
    title: task.requestText === '' ? ERASED : firstLine(task.requestText),
    requestText: task.requestText,
    type: task.type,
    because: task.because,
    status: task.status,
    statusWords: statusWords[task.status],
    over: isOver(task.status),
    quantity:
      unit === null || task.quantity === null
        ? null
        : { asked: task.quantity, delivered: task.result?.units ?? null, unit: task.quantity === 1 ? unit.singular : unit.plural },
    estimate: { low: asNumber(task.estimateLow), high: asNumber(task.estimateHigh) },
    approveBy: task.approveBy?.toISOString() ?? null,
    creditsHeld: isOver(task.status) ? 0 : asNumber(task.held),
    creditsUsed: asNumber(task.creditsUsed),
    result: task.result && { summary: task.result.summary, sample: task.result.sample },
    failure: task.failure && viewFailure(task.failure, task.type),
    files: task.files.map((file) => viewFile(file, task.id, links.linkFor)),
    retryOf: task.retryOf,
    createdAt: task.createdAt.toISOString(),
    startedAt: task.startedAt?.toISOString() ?? null,
    finishedAt: task.finishedAt?.toISOString() ?? null,
  };
}

/** In the place of words whose person had them erased. */
const ERASED = 'Erased request';

export function taskPage(portalUrl: string, id: TaskId): string {
  return `${portalUrl}/tasks/${id}`;
}

export const statusWords = {
  awaiting_approval: 'Needs approval',
  pending: 'Waiting to start',
  processing: 'Working on it',
  completed: 'Done',
  failed: 'Failed, not charged',
  canceled: 'Canceled',
} as const satisfies Record<TaskStatus, string>;

function viewFailure({ code, lost = [] }: NonNullable<TaskRow['failure']>, type: AgentType): TaskView['failure'] {
  const { sentence, cost, wayForward } = failureFor(code, type);
  const lostFiles = lost.map(({ name, why }) => ({ name, reason: lostFileWords[why] }));
  return { code, message: `${sentence} ${cost}`, wayForward, ...(lostFiles.length > 0 && { lostFiles }) };
}

export function viewFile(file: FileRow, taskId: TaskId, linkFor: (fileId: FileId) => string): FileView {
  const { id, name, mime, sizeBytes, preview, removedAt, deletedAt } = file;
  const isKept = removedAt === null && deletedAt === null;
  return {
    id,
    name,
    mime,
    sizeBytes,
    preview,
    url: isKept ? linkFor(id) : null,
    original: isKept && file.hasOriginal ? originalPath(taskId, id) : null,
    deletedAt: deletedAt?.toISOString() ?? null,
  };
}
