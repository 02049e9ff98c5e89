// The files a run hands over. They are what it names in its reply and what lies in its own folder; only where both are empty,
// whatever it wrote since it began. Their content comes from the shared disk, else through the gateway, which gives no file
// above 256 KiB. What cannot be fetched is said in the result, never left out in silence.

import path from 'node:path';
import { Readable } from 'node:stream';
import {
  sessionFileReplySchema,
  sessionFilesReplySchema,
  workspaceFileReplySchema,
  workspaceListReplySchema,
} from '#core/contracts/openclaw.ts';
import { resultFolder } from '#core/domain/agent-brief.ts';
import { safeFileName } from '#core/domain/file-name.ts';
import type { AgentFile, AgentJob } from '#core/ports/agents.ts';
import type { Live } from './connection.ts';
import { keyOf } from './follow.ts';
import { GatewayError } from './gateway-error.ts';
import { read } from './read.ts';
import type { FoundFile, Workspace } from './workspace.ts';

export interface Collected {
  readonly files: readonly AgentFile[];
  /** One sentence for each file that stays behind. */
  readonly left: readonly string[];
}

const FILES_MOST = 50;
/** The gateway's own limit for one file. */
const SENT_BYTES_MOST = 262_144;
const DISK_BYTES_MOST = 200_000_000;
const FOLDERS_MOST = 20;

export async function collectFiles(
  live: Live,
  job: AgentJob,
  named: readonly string[],
  startedAtMs: number | null,
  workspace: Workspace | null,
  signal: AbortSignal,
): Promise<Collected> {
  const own = resultFolder(job.runId);
  const inOwnFolder = workspace === null ? await listFolder(live, job.type, own, signal) : await workspace.list(own, FILES_MOST + 1);
  const wanted = new Map<string, number | null>();
  const elsewhere: string[] = [];
  for (const each of named) {
    const inside = insidePath(each, null);
    if (inside?.startsWith(`${own}/`)) wanted.set(inside, null);
    else elsewhere.push(each);
  }
  for (const { path: inside, sizeBytes } of inOwnFolder) wanted.set(inside, sizeBytes);
  if (wanted.size === 0 || elsewhere.length > 0) {
    const session = await sessionFiles(live, job);
    for (const each of elsewhere) {
      const inside = insidePath(each, session.root);
      if (inside !== null && (!isOfARun(inside) || session.files.has(inside))) wanted.set(inside, null);
    }
    if (wanted.size === 0) for (const [inside, { sizeBytes }] of writtenSince(session, startedAtMs)) wanted.set(inside, sizeBytes);
  }

  const files: AgentFile[] = [];
  const left: string[] = [];
  const names = new Set<string>();
  for (const [inside, sizeBytes] of wanted) {
    signal.throwIfAborted();
    const name = freeName(safeFileName(inside), names);
    if (files.length === FILES_MOST) {
      left.push(`Only the first ${FILES_MOST} files were fetched.`);
      break;
    }
    const file = workspace === null ? await fromGateway(live, job, inside, sizeBytes) : await fromDisk(workspace, inside);
    if (typeof file === 'string') left.push(`${name} ${file}`);
    else files.push({ name, ...file });
  }
  return { files, left };
}

interface SessionFiles {
  readonly root: string | null;
  readonly files: ReadonlyMap<string, { readonly sizeBytes: number | null; readonly updatedAtMs: number; readonly isWritten: boolean }>;
}

/** The files that this conversation's runs touched. */
async function sessionFiles(live: Live, job: AgentJob): Promise<SessionFiles> {
  const reply = await answered(live.request('sessions.files.list', { sessionKey: keyOf(job) }));
  const { root = null, files } = read(sessionFilesReplySchema, reply ?? { files: [] });
  const there = files.flatMap(({ path: written, workspacePath, kind, missing, size, updatedAtMs }) => {
    const inside = missing ? null : insidePath(workspacePath ?? written, root ?? null);
    return inside === null
      ? []
      : [[inside, { sizeBytes: size ?? null, updatedAtMs: updatedAtMs ?? 0, isWritten: kind === 'modified' }] as const];
  });
  return { root: root ?? null, files: new Map(there) };
}

function writtenSince({ files }: SessionFiles, sinceMs: number | null) {
  return [...files].filter(([, { isWritten, updatedAtMs }]) => isWritten && sinceMs !== null && updatedAtMs >= sinceMs);
}

// All tasks of an agent share its workspace. What lies in the folder of another run may be another team's, whatever name it is
// called by; only the runs of the same conversation may hand it over again.
function isOfARun(inside: string): boolean {
  return /^(results|inputs)\//i.test(inside);
}

async function listFolder(live: Live, agentId: string, folder: string, signal: AbortSignal): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const folders = [folder];
  for (const each of folders.values()) {
    for (let offset = 0, total = 1; offset < total && found.length <= FILES_MOST;) {
      signal.throwIfAborted(); // a gateway may list folders without end
      const reply = await answered(live.request('agents.workspace.list', { agentId, path: each, offset, limit: 100 }));
      if (reply === null) break;
      const { entries, totalEntries } = read(workspaceListReplySchema, reply);
      for (const entry of entries) {
        const inside = insidePath(entry.path, null);
        if (inside === null || !inside.startsWith(`${folder}/`)) continue;
        if (entry.kind === 'directory' && folders.length < FOLDERS_MOST) folders.push(inside);
        if (entry.kind === 'file') found.push({ path: inside, sizeBytes: entry.size ?? 0 });
      }
      if (entries.length === 0) break;
      offset += entries.length;
      total = totalEntries;
    }
  }
  return found;
}

type Content = Omit<AgentFile, 'name'>;

/** The file, or why not. */
async function fromGateway(live: Live, job: AgentJob, inside: string, sizeBytes: number | null): Promise<Content | string> {
  const tooLarge = `is larger than the agent's gateway hands out (${SENT_BYTES_MOST / 1024} KiB).`;
  if (sizeBytes !== null && sizeBytes > SENT_BYTES_MOST) return tooLarge;
  const fetched = await answered(live.request('agents.workspace.get', { agentId: job.type, path: inside }));
  if (fetched !== null) {
    const { content, encoding } = read(workspaceFileReplySchema, fetched).file;
    return inMemory(Buffer.from(content, encoding));
  }
  // A session may work in another folder than its agent.
  const second = sessionFileReplySchema.safeParse(
    await answered(live.request('sessions.files.get', { sessionKey: keyOf(job), path: inside })),
  );
  if (second.success && !second.data.file.missing) return inMemory(Buffer.from(second.data.file.content, second.data.file.contentEncoding));
  return 'could not be fetched from the agent.';
}

async function fromDisk(workspace: Workspace, inside: string): Promise<Content | string> {
  const file = await workspace.find(inside);
  if (file === null) return 'could not be found where the agent said it is.';
  if (file.sizeBytes > DISK_BYTES_MOST) return `is larger than ${DISK_BYTES_MOST / 1_000_000} MB.`;
  return file;
}

function inMemory(content: Buffer): Content {
  return { sizeBytes: content.length, open: async () => Readable.from(content.length === 0 ? [] : [content]) };
}

/** The answer, or null when the gateway says no: there is no such file, or it may not be read. */
async function answered(reply: Promise<unknown>): Promise<unknown> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof GatewayError && error.kind === 'refused') return null;
    throw error;
  }
}

/** A path inside the workspace, or null for one that leads out of it, or is an address. */
export function insidePath(written: string, root: string | null): string | null {
  const plain = written.trim().replace(/^file:\/\//, '');
  if (plain === '' || plain.includes('\0') || plain.includes('\\') || /^[a-z][a-z0-9+.-]*:/i.test(plain)) return null;
  const relative = root !== null && path.posix.isAbsolute(plain) ? path.posix.relative(root, plain) : plain;
  const inside = path.posix.normalize(relative).replace(/\/+$/, '');
  return inside === '.' || inside === '..' || inside.startsWith('../') || inside.startsWith('~') || path.posix.isAbsolute(inside)
    ? null
    : inside;
}

function freeName(name: string, taken: Set<string>): string {
  const { name: stem, ext } = path.posix.parse(name);
  let free = name;
  for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${stem} (${n})${ext}`;
  taken.add(free.toLowerCase());
  return free;
}
