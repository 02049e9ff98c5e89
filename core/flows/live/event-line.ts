// One line of what happened to a task, as front doors pass it on, and the place behind it in the log.

import type { TaskId } from '#core/domain/ids.ts';

declare const cursor: unique symbol;

/** Opaque, and safe in a Last-Event-ID header. */
export type EventCursor = string & { readonly [cursor]: 'event' };

export interface EventLine {
  readonly cursor: EventCursor;
  readonly taskId: TaskId;
  readonly kind: string;
  readonly data: unknown;
  readonly at: string;
}
