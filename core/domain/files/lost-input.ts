// Why a file that somebody attached in a chat could not be fetched, in words.

import { askLimits } from '../asks/limits.ts';
import { shorten } from '../text/text.ts';

export const lostFileWords = {
  gone: 'it was deleted or its link expired',
  forbidden: 'the app may not read it',
  broken: 'it did not arrive complete',
  'too-large': `it is larger than ${askLimits.fileBytes / 1_000_000} MB`,
  unreachable: 'it could not be downloaded',
} as const;

export type LostInputReason = keyof typeof lostFileWords;

/** A file of a request that never arrived. */
export interface LostFile {
  /** As its person named it. */
  readonly name: string;
  readonly why: LostInputReason;
}

/** Long names of every file that a request may have fit in one post of any platform. */
const NAME_CHARACTERS = 80;

/** “list.csv: it was deleted or its link expired”. */
export function sayLostFile({ name, why }: LostFile): string {
  return `${shorten(name, NAME_CHARACTERS)}: ${lostFileWords[why]}`;
}
