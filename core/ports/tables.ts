import type { Transform } from 'node:stream';
import type { TablePreview } from '#core/domain/reply.ts';

/** Reads a table file while it flows past on its way to storage. */
export interface Tables {
  /** A stream that changes nothing; `table` afterwards says what flowed through, or null when it was not a table after all. */
  readCsv(): { through: Transform; table(): TablePreview | null };
}
