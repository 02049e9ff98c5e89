import type { Titles } from './deps.ts';
import { remembered } from './remembered.ts';

const KEPT_MOST = 2_000;

export function keepTitles(): Titles {
  const lines = remembered<string>(KEPT_MOST);
  return { note: (message, firstLine) => lines.note(message, firstLine), of: (message) => lines.of(message) ?? null };
}
