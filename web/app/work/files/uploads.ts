// Files on their way to us, before the request that names them. Each is sent at once, and says so when it could not be.

import { useRef, useState } from 'react';
import { askLimits } from '#core/domain/asks/limits.ts';
import type { KeptFile } from './kept-file.ts';

export interface Upload {
  readonly key: number;
  readonly name: string;
  /** null until it is kept. */
  readonly id: string | null;
  /** Why it could not be kept. */
  readonly trouble: string | null;
}

export interface Uploads {
  readonly all: readonly Upload[];
  /** Some are on their way: asking has to wait for them. */
  readonly busy: boolean;
  add(files: readonly File[]): void;
  remove(upload: Upload): void;
}

export function useUploads(kept: readonly KeptFile[]): Uploads {
  const [all, setAll] = useState<readonly Upload[]>(() => kept.map((file, key) => ({ key, ...file, trouble: null })));
  const next = useRef(kept.length);
  const change = (key: number, change: Partial<Upload>) =>
    setAll((before) => before.map((upload) => (upload.key === key ? { ...upload, ...change } : upload)));

  return {
    all,
    busy: all.some(({ id, trouble }) => id === null && trouble === null),
    add(files) {
      const room = askLimits.files - all.length;
      for (const [at, file] of files.entries()) {
        const key = next.current++;
        const trouble = at >= room ? `not attached: at most ${askLimits.files} files` : null;
        setAll((before) => [...before, { key, name: file.name, id: null, trouble }]);
        if (trouble === null) void send(file).then((answer) => change(key, answer));
      }
    },
    remove: ({ key }) => setAll((before) => before.filter((upload) => upload.key !== key)),
  };
}

async function send(file: File): Promise<Partial<Upload>> {
  if (file.size === 0) return { trouble: 'is empty' };
  if (file.size > askLimits.fileBytes) return { trouble: `is larger than ${askLimits.fileBytes / 1_000_000} MB` };
  try {
    const answer = await fetch(`/api/files?name=${encodeURIComponent(file.name)}`, {
      method: 'POST',
      body: file,
      headers: { 'Content-Type': file.type || 'application/octet-stream' },
    });
    const said = (await answer.json()) as { file?: { id: string; name: string }; error?: { message: string } };
    return said.file ?? { trouble: said.error?.message ?? 'could not be uploaded' };
  } catch {
    return { trouble: 'could not be uploaded. Remove it and attach it again.' };
  }
}
