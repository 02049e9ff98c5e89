// Which program listens on a port of this machine. Only Linux tells, and only of programs of our own user, or to root.

import { readdir, readFile, readlink } from 'node:fs/promises';

const LISTENING = '0A';

/** `node (process 812)`, or null when nobody tells. */
export async function portHolder(port: number): Promise<string | null> {
  const sockets = new Set((await Promise.all(['tcp', 'tcp6'].map((table) => listeners(table, port)))).flat());
  for (const pid of await numbersIn('/proc')) {
    for (const fd of await numbersIn(`/proc/${pid}/fd`)) {
      const link = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
      if (sockets.has(link)) return `${(await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a program')).trim()} (process ${pid})`;
    }
  }
  return null;
}

async function listeners(table: string, port: number): Promise<string[]> {
  const text = await readFile(`/proc/net/${table}`, 'utf8').catch(() => '');
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return text.split('\n').flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === LISTENING && local?.endsWith(end) ? [`socket:[${inode}]`] : [];
  });
}

async function numbersIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch((): string[] => [])).filter((name) => /^\d+$/.test(name));
}
