import type { Heading, Progress } from '#core/domain/messages/reply.ts';

/** How a heading is meant, where it has no colour. */
export const toneSigns: Readonly<Record<Heading['tone'], string>> = { plain: '●', good: '✓', bad: '✗', wait: '…' };

/** Where a step of work stands. */
export const stepSigns: Readonly<Record<Progress['steps'][number]['state'], string>> = {
  done: '☑',
  running: '▸',
  waiting: '☐',
  failed: '☒',
};
