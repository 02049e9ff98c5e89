// The files a run hands over: what it names in its reply and what lies in its own folder. Agents of all teams share a gateway
// and a workspace for each type, so nothing outside of that folder is ever taken, whatever an agent names and however it got
// there. The content comes from the shared disk, else through the gateway. What is not taken is said in the result, never
// left out in silence, and without its path: a path may tell of others.

import path from 'node:path';
import { sessionFilesReplySchema } from '#core/contracts/openclaw.ts';
import { runFolder } from '#core/domain/tasks/agent-brief.ts';
import { freeFileName, safeFileName } from '#core/domain/files/file-name.ts';
import type { AgentFile, AgentJob } from '#core/ports/agents.ts';
import type { Live } from '../connection.ts';
import { keyOf } from '../follow.ts';
import { answered, gatewayFiles, type Content } from './gateway-files.ts';
import { read } from '../read.ts';
import type { RunFolder } from './run-folder.ts';

export interface Collected {
  readonly files: readonly AgentFile[];
  /** One sentence for each file that stays behind, and one for all that may not be taken. */
  readonly left: readonly string[];
}

const FILES_MOST = 50;
const DISK_BYTES_MOST = 200_000_000;

export async function collectFiles(
  live: Live,
  job: AgentJob,
  named: readonly string[],
  startedAtMs: number | null,
  folder: RunFolder | null,
  signal: AbortSignal,
): Promise<Collected> {
  const sent = gatewayFiles(live, job, signal);
  const listing = folder === null ? await sent.list(FILES_MOST + 1) : await folder.list(FILES_MOST + 1);
  const refused = new Set(listing.refused);
  const session = named.some((each) => isAbsolute(each)) || listing.files.length === 0 ? await sessionFiles(live, job) : nothingKnown;
  const wanted = new Set<string>();
  for (const each of named) {
    const inside = ownPath(each, session.root, job);
    if (inside === null) refused.add(each);
    else wanted.add(inside);
  }
  for (const { path: inside } of listing.files) wanted.add(inside);
  // Nothing was delivered and nothing named: the files an agent forgot elsewhere explain why.
  if (wanted.size === 0 && refused.size === 0) for (const each of writtenSince(session, startedAtMs)) refused.add(each);

  const files: AgentFile[] = [];
  const left: string[] = [];
  const names = new Set<string>();
  for (const inside of wanted) {
    signal.throwIfAborted();
    if (files.length === FILES_MOST) {
      left.push(`Only the first ${FILES_MOST} files were fetched.`);
      break;
    }
    const file = folder === null ? await sent.fetch(inside) : await fromDisk(folder, inside);
    if (file === null) {
      refused.add(inside);
      continue;
    }
    const name = freeFileName(safeFileName(inside), names);
    if (typeof file === 'string') left.push(`${name} ${file}`);
    else files.push({ name, ...file });
  }
  if (refused.size > 0) left.push(notTaken(refused.size));
  return { files, left };
}

export function notTaken(many: number): string {
  return `${many === 1 ? '1 file was' : `${many} files were`} not included: only regular files in this task's own folder are delivered.`;
}

interface SessionFiles {
  readonly root: string | null;
  readonly files: ReadonlyMap<string, { readonly updatedAtMs: number; readonly isWritten: boolean }>;
}

const nothingKnown: SessionFiles = { root: null, files: new Map() };

/** The files that this conversation's runs touched, and where the workspace is. */
async function sessionFiles(live: Live, job: AgentJob): Promise<SessionFiles> {
  const reply = await answered(live.request('sessions.files.list', { sessionKey: keyOf(job) }));
  const { root = null, files } = read(sessionFilesReplySchema, reply ?? { files: [] });
  const there = files.flatMap(({ path: written, workspacePath, kind, missing, updatedAtMs }) =>
    missing ? [] : [[workspacePath ?? written, { updatedAtMs: updatedAtMs ?? 0, isWritten: kind === 'modified' }] as const],
  );
  return { root: root ?? null, files: new Map(there) };
}

function writtenSince({ files }: SessionFiles, sinceMs: number | null): string[] {
  return [...files].flatMap(([file, { isWritten, updatedAtMs }]) =>
    isWritten && sinceMs !== null && updatedAtMs >= sinceMs ? [file] : [],
  );
}

/** Null where it may not be taken. */
async function fromDisk(folder: RunFolder, inside: string): Promise<Content | string | null> {
  const file = await folder.find(inside);
  if (file === 'refused') return null;
  if (file === 'missing') return 'could not be found where the agent said it is.';
  if (file.sizeBytes > DISK_BYTES_MOST) return `is larger than ${DISK_BYTES_MOST / 1_000_000} MB.`;
  return file;
}

/** The path in the workspace of a file in the run's own folder; null for every other, and for hidden ones. */
export function ownPath(written: string, root: string | null, run: Pick<AgentJob, 'teamId' | 'runId'>): string | null {
  const own = `${runFolder(run)}/`;
  const inside = insidePath(written, root);
  if (inside === null || !inside.startsWith(own)) return null;
  if (
    inside
      .slice(own.length)
      .split('/')
      .some((part) => part.startsWith('.'))
  )
    return null;
  // A gateway or a disk may decode what we pass on, and more than once.
  const plain = decoded(inside);
  return plain === inside || insidePath(plain, null)?.startsWith(own) ? inside : null;
}

function decoded(text: string): string {
  let plain = text;
  for (let times = 0; times < 3; times++)
    plain = plain.replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
  return plain;
}

function withoutScheme(written: string): string {
  return written.trim().replace(/^file:\/\//, '');
}

function isAbsolute(written: string): boolean {
  return path.posix.isAbsolute(withoutScheme(written));
}

/** A path inside the workspace, or null for one that leads out of it, or is an address. */
export function insidePath(written: string, root: string | null): string | null {
  const plain = withoutScheme(written);
  if (plain === '' || plain.includes('\0') || plain.includes('\\') || /^[a-z][a-z0-9+.-]*:/i.test(plain)) return null;
  const relative = root !== null && path.posix.isAbsolute(plain) ? path.posix.relative(root, plain) : plain;
  const inside = path.posix.normalize(relative).replace(/\/+$/, '');
  return inside === '.' || inside === '..' || inside.startsWith('../') || inside.startsWith('~') || path.posix.isAbsolute(inside)
    ? null
    : inside;
}
