// A table of an agent may hold formulas. Where it does, two objects are in storage: the one that people download, without
// them, and beside it the one that the agent wrote, byte for byte. The row of a file names the first; the second follows from it.

const SAFE = '.safe';

export function safeKeyOf(originalKey: string): string {
  return `${originalKey}${SAFE}`;
}

/** null where the file that people get is the one that the agent wrote. */
export function originalKeyOf(storageKey: string): string | null {
  return storageKey.endsWith(SAFE) ? storageKey.slice(0, -SAFE.length) : null;
}

/** All that is in storage for a file: whoever removes it removes each of these. */
export function keysOf(storageKey: string): string[] {
  const original = originalKeyOf(storageKey);
  return original === null ? [storageKey] : [storageKey, original];
}

/** Where a member of the team gets it. */
export function originalPath(taskId: string, fileId: string): string {
  return `/api/tasks/${taskId}/files/${fileId}/original`;
}
