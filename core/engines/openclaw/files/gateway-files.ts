// A run's folder as the gateway's own methods show it. They follow links inside a workspace, so a name alone proves nothing:
// a file counts only where the gateway lists it, and every folder on the way down from the run's own, as what it is. A link is
// listed as neither file nor folder. What these methods cannot tell is a file with a second name (a hard link).

import { Readable } from 'node:stream';
import { workspaceFileReplySchema, workspaceListReplySchema } from '#core/contracts/openclaw.ts';
import { inputFolder, runFolder } from '#core/domain/tasks/agent-brief.ts';
import type { AgentFile, AgentJob } from '#core/ports/agents.ts';
import type { Live } from '../connection.ts';
import { GatewayError } from '../gateway-error.ts';
import { read } from '../read.ts';
import type { FoundFile, Listing } from './run-folder.ts';

/** The gateway's own limit for one file. */
const SENT_BYTES_MOST = 262_144;
const PAGE_ENTRIES = 100;
const FOLDERS_MOST = 20;

interface Entry {
  readonly kind: 'file' | 'directory';
  readonly sizeBytes: number;
}

export type Content = Omit<AgentFile, 'name'>;

export interface GatewayFiles {
  list(most: number): Promise<Listing>;
  /** The file, or why not. */
  fetch(inside: string): Promise<Content | string>;
}

export function gatewayFiles(live: Live, job: AgentJob, signal: AbortSignal): GatewayFiles {
  const own = runFolder(job);
  const inputs = inputFolder(job);
  const seen = new Map<string, Promise<ReadonlyMap<string, Entry>>>();

  return {
    async list(most) {
      const files: FoundFile[] = [];
      const folders = (await isFolder(own)) ? [own] : [];
      for (const each of folders.values()) {
        for (const [inside, { kind, sizeBytes }] of await entriesOf(each)) {
          if (files.length === most) return { files, refused: [] };
          if (inside.slice(each.length + 1).startsWith('.') || inside === inputs) continue;
          if (kind === 'file') files.push({ path: inside, sizeBytes });
          else if (folders.length < FOLDERS_MOST) folders.push(inside);
        }
      }
      return { files, refused: [] };
    },

    async fetch(inside) {
      const notThere = 'could not be fetched from the agent.';
      const entry = await entryOf(inside);
      if (entry?.kind !== 'file') return notThere;
      if (entry.sizeBytes > SENT_BYTES_MOST) return `is larger than the agent's gateway hands out (${SENT_BYTES_MOST / 1024} KiB).`;
      const fetched = await answered(live.request('agents.workspace.get', { agentId: job.type, path: inside }));
      if (fetched === null) return notThere;
      const { content, encoding } = read(workspaceFileReplySchema, fetched).file;
      return inMemory(Buffer.from(content, encoding));
    },
  };

  /** What the gateway lists under this path, when every folder from the run's own down to it is really a folder. */
  async function entryOf(inside: string): Promise<Entry | null> {
    const parent = inside.slice(0, inside.lastIndexOf('/'));
    if (parent !== own && !parent.startsWith(`${own}/`)) return null;
    return (await isFolder(parent)) ? ((await entriesOf(parent)).get(inside) ?? null) : null;
  }

  // Nobody else knows the run's name, so whoever made a folder of this name had nothing of others to put behind it: looking
  // at the team's folder is enough, and the workspace, with all teams in it, need not be listed.
  async function isFolder(folder: string): Promise<boolean> {
    if (folder === own) return (await entriesOf(own.slice(0, own.lastIndexOf('/')), own)).get(own)?.kind === 'directory';
    return (await entryOf(folder))?.kind === 'directory';
  }

  function entriesOf(folder: string, until?: string): Promise<ReadonlyMap<string, Entry>> {
    const entries = seen.get(folder) ?? listFolder(folder, until);
    seen.set(folder, entries);
    return entries;
  }

  async function listFolder(folder: string, until?: string): Promise<ReadonlyMap<string, Entry>> {
    const found = new Map<string, Entry>();
    for (let offset = 0, total = 1; offset < total && found.size < ENTRIES_MOST;) {
      signal.throwIfAborted(); // a gateway may list folders without end
      const reply = await answered(live.request('agents.workspace.list', { agentId: job.type, path: folder, offset, limit: PAGE_ENTRIES }));
      if (reply === null) break;
      const { entries, totalEntries } = read(workspaceListReplySchema, reply);
      for (const { path, kind, size } of entries) {
        const isBelow = path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/');
        if (isBelow && (until === undefined || path === until)) found.set(path, { kind, sizeBytes: size ?? 0 });
      }
      if (entries.length === 0 || (until !== undefined && found.has(until))) break;
      offset += entries.length;
      total = totalEntries;
    }
    return found;
  }
}

/** A folder that is fuller than this is not searched to its end. */
const ENTRIES_MOST = 2_000;

function inMemory(content: Buffer): Content {
  return { sizeBytes: content.length, open: async () => Readable.from(content.length === 0 ? [] : [content]) };
}

/** The answer, or null when the gateway says no: there is no such file, or it may not be read. */
export async function answered(reply: Promise<unknown>): Promise<unknown> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof GatewayError && error.kind === 'refused') return null;
    throw error;
  }
}
