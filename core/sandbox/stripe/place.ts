// Where the sandbox of a folder answers. It is written down, so that it answers there after another start too, and so that
// another process in the folder finds it.

import { readFile, rename, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';

export interface Place {
  readonly url: string;
}

/** null before the first start. */
export async function readPlace(dir: string): Promise<Place | null> {
  const text = await readFile(fileIn(dir), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const { url } = JSON.parse(text) as Partial<Place>;
    return typeof url === 'string' && URL.canParse(url) ? { url } : null;
  } catch {
    return null;
  }
}

export async function writePlace(dir: string, place: Place): Promise<void> {
  await writeFile(`${fileIn(dir)}.new`, JSON.stringify(place), { mode: 0o600 });
  await rename(`${fileIn(dir)}.new`, fileIn(dir));
}

const ANSWER_WITHIN_MS = 1_000;

/** Whether the sandbox of this folder answers there; anybody may have got its port since. */
export function answersAt(url: string, dir: string, token: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = http.get(`${url}${HERE}`, {
      agent: false,
      timeout: ANSWER_WITHIN_MS,
      headers: { Authorization: `Bearer ${token}`, 'X-Folder': encodeURIComponent(dir) },
    });
    asked.on('response', (response) => {
      response.resume();
      resolve(response.statusCode === 204);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
  });
}

/** Answered without loading anything. */
export const HERE = '/_sandbox/here';

/** Everything that happened. */
export function journalIn(dir: string): string {
  return path.join(dir, 'journal.jsonl');
}

function fileIn(dir: string): string {
  return path.join(dir, 'place.json');
}
