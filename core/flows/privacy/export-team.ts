// All data of a team as one archive, for its owners. A worker packs it and hands it to storage in parts of a fixed size as
// they fill up, so that neither memory nor disk grows with the team, and storage needs to know no size before the end. A
// worker that dies leaves its parts behind; the next one removes them and begins anew with parts of its own. Each download goes
// through us, since a signed address would be a key to everything for whoever finds it.

import { Readable } from 'node:stream';
import type { Actor } from '#core/domain/actor.ts';
import { isId, type TeamId } from '#core/domain/ids.ts';
import type { Saying } from '#core/domain/messages/letter.ts';
import { replyFor } from '#core/domain/messages/say.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import { FilesError } from '#core/ports/files.ts';
import type { ExportedFile, ExportState, StoredExport } from '#core/store/privacy/exports.ts';
import { writeAudit } from '#core/store/team/audit.ts';
import { transactionsCsv } from '../credits/transactions.ts';
import { replyContext } from '../messages/reply-context.ts';
import type { Core } from '../runtime/core.ts';
import { patiently } from '../runtime/patiently.ts';
import { careFor } from './team-settings.ts';
import { zip, type ZipEntry } from './zip.ts';

interface ExportView {
  readonly id: string;
  readonly state: ExportState;
  /** ISO 8601. */
  readonly askedAt: string;
  readonly readyAt: string | null;
  /** Until then it can be downloaded. */
  readonly until: string | null;
  readonly sizeBytes: number | null;
  /** Files that storage no longer had. */
  readonly filesMissing: number;
  /** It ended before its time because a file that it holds was deleted. */
  readonly fileDeleted: boolean;
}

interface OpenedExport {
  readonly name: string;
  readonly sizeBytes: number;
  /** From this byte to the end: a download that was cut goes on where it was. */
  read(from: number): Readable;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const KEPT_MS = 7 * DAY_MS;
const SHOWN = 10;

/** Packs all data of the team as one ZIP, or gives the one that is being packed. A worker does it; it is kept for seven days. */
export async function exportTeam(core: Core, actor: Actor): Promise<ExportView> {
  mustBeOwner(actor);
  const at = core.clock.now();
  const line = { at, actor: `user:${actor.userId}`, act: 'export.asked', teamId: actor.teamId, subject: null, facts: {} };
  const asked = await core.store.exports.ask(actor.teamId, actor.userId, at, line);
  core.log.info({ exportId: asked.id, teamId: actor.teamId, userId: actor.userId }, 'export asked for');
  return viewExport(asked, at);
}

/** Newest first. */
export async function teamExports(core: Core, actor: Actor): Promise<ExportView[]> {
  mustBeOwner(actor);
  const at = core.clock.now();
  return (await core.store.exports.list(actor.teamId, SHOWN)).map((made) => viewExport(made, at));
}

/** Rejects with `export.not-found` when it is not ready, or no longer kept. */
export async function openExport(core: Core, actor: Actor, exportId: string): Promise<OpenedExport> {
  mustBeOwner(actor);
  const made = isId(exportId) ? await core.store.exports.find(actor.teamId, exportId) : null;
  const at = core.clock.now();
  if (made?.state !== 'ready' || made.sizeBytes === null || isOver(made, at)) throw refuse('export.not-found');
  await writeAudit(core.store.money, {
    at,
    actor: `user:${actor.userId}`,
    act: 'export.downloaded',
    teamId: actor.teamId,
    subject: made.id,
    facts: {},
  });
  core.log.info({ exportId: made.id, userId: actor.userId }, 'export downloaded');
  return {
    name: `export-${made.askedAt.toISOString().slice(0, 10)}.zip`,
    sizeBytes: made.sizeBytes,
    read: (from) => Readable.from(bytesOf(core, made, from), { objectMode: false }),
  };
}

/** A key that was stolen must not take everything along at once. */
function mustBeOwner(actor: Actor): void {
  if (actor.apiKeyId !== undefined) throw refuse('not.allowed');
  mustBeAllowed(actor, 'team.export');
}

function isOver({ expiresAt }: StoredExport, at: Date): boolean {
  return expiresAt !== null && expiresAt <= at;
}

function viewExport(made: StoredExport, at: Date): ExportView {
  const state = made.state === 'ready' && isOver(made, at) ? 'gone' : made.state;
  return {
    id: made.id,
    state,
    askedAt: made.askedAt.toISOString(),
    readyAt: made.readyAt?.toISOString() ?? null,
    until: state === 'ready' ? (made.expiresAt?.toISOString() ?? null) : null,
    sizeBytes: made.sizeBytes,
    filesMissing: made.filesMissing,
    fileDeleted: made.fileDeletedAt !== null,
  };
}

/** All parts but the last have this size, so that any byte is found. */
const PART_BYTES = 8 * 1024 * 1024;

async function* bytesOf(core: Core, made: StoredExport, from: number): AsyncGenerator<Buffer> {
  const parts = made.parts[made.tries - 1] ?? 0;
  let skip = from % PART_BYTES;
  for (let part = Math.floor(from / PART_BYTES) + 1; part <= parts; part++) {
    for await (const piece of (await core.files.open(partKey(made, made.tries, part))) as AsyncIterable<Buffer>) {
      const kept = piece.subarray(Math.min(skip, piece.length));
      skip -= piece.length - kept.length;
      if (kept.length > 0) yield kept;
    }
  }
}

function partKey(made: Pick<StoredExport, 'id'>, tries: number, part: number): string {
  return `${prefixOf(made, tries)}${part}`;
}

function prefixOf({ id }: Pick<StoredExport, 'id'>, tries: number): string {
  return `exports/${id}/${tries}/`;
}

// --- The worker.

const LOOK_EVERY_MS = 5_000;
const LEASE_MS = 2 * 60_000;
const TRIES_MOST = 5;
const AGAIN_AFTER_MS = 60_000;

/** Packs what is asked for, one at a time, until the signal aborts. */
export async function makeExports(core: Core, signal: AbortSignal): Promise<void> {
  await patiently(core, { wakeOn: [], idleMs: LOOK_EVERY_MS, signal }, async () => {
    const work = await core.store.exports.claim(core.settings.worker, core.clock.now(), LEASE_MS);
    if (work === null) return false;
    await makeExport(core, work, signal);
    return true;
  });
}

/** Somebody else has it, it begins anew, or this process is to end. */
class HandedOver extends Error {}

async function makeExport(core: Core, work: StoredExport, signal: AbortSignal): Promise<void> {
  const { exports } = core.store;
  const { worker } = core.settings;
  const log = core.log.child({ exportId: work.id, teamId: work.teamId, tries: work.tries });
  const missing: string[] = [];
  try {
    // They may hold a file that was deleted since.
    for (let before = 1; before < work.tries; before++) await core.files.removeAll(prefixOf(work, before), signal);
    let sizeBytes = 0;
    let part = 0;
    for await (const bytes of inParts(zip(contentOf(core, work.teamId, missing, signal)), signal)) {
      if (!(await exports.begin(work, ++part, worker, core.clock.now(), LEASE_MS))) throw new HandedOver();
      const facts = { mime: 'application/zip', sizeBytes: bytes.length };
      await core.files.put(partKey(work, work.tries, part), Readable.from([bytes]), facts, signal);
      sizeBytes += bytes.length;
    }
    const at = core.clock.now();
    const done = { sizeBytes, filesMissing: missing.length };
    if (!(await exports.ready(work, done, worker, at, new Date(at.getTime() + KEPT_MS)))) throw new HandedOver();
    log.info({ ...done, parts: part }, 'export ready');
  } catch (error) {
    const now = core.clock.now().getTime();
    const handedOver = error instanceof HandedOver || signal.aborted;
    const state = await exports.putBack(work, worker, new Date(now + (handedOver ? 0 : AGAIN_AFTER_MS * work.tries)), TRIES_MOST);
    // Whoever goes on with it may have removed these parts before the last of them was written.
    if (state === 'not-ours')
      await core.files
        .removeAll(prefixOf(work, work.tries))
        .catch((failed: unknown) => log.warn({ error: failed }, 'parts of an export not removed yet'));
    if (handedOver) log.info({ state }, 'export left to another process');
    else log.error({ error, state }, 'export not made');
  }
}

async function* inParts(bytes: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let size = 0;
  for await (let piece of bytes) {
    if (signal.aborted) throw new HandedOver();
    while (size + piece.length >= PART_BYTES) {
      const room = PART_BYTES - size;
      yield Buffer.concat([...pieces, piece.subarray(0, room)]);
      piece = piece.subarray(room);
      [pieces, size] = [[], 0];
    }
    if (piece.length > 0) pieces.push(piece);
    size += piece.length;
  }
  if (size > 0) yield Buffer.concat(pieces);
}

/** Beyond this the rows of a table go on in another file: no program likes larger ones, and a ZIP's older form ends at four. */
const TABLE_BYTES = 1_000_000_000;

async function* contentOf(core: Core, teamId: TeamId, missing: string[], signal: AbortSignal): AsyncGenerator<ZipEntry> {
  const at = core.clock.now();
  const entry = (name: string, content: AsyncIterable<Buffer | string>): ZipEntry => ({ name, at, content });
  const { name } = await careFor(core, { teamId });
  yield entry('README.txt', pieces(readme(name, at)));
  for (const table of core.store.exports.tables) {
    const lines = linesOf(core, table.pages(teamId));
    let [number, rest] = [1, true];
    do {
      const file = number === 1 ? table.file : table.file.replace(/\.jsonl$/, `-${number}.jsonl`);
      yield entry(
        file,
        (async function* () {
          let size = 0;
          for (rest = false; size < TABLE_BYTES;) {
            const next = await lines.next();
            if (next.done) return;
            size += next.value.length;
            yield next.value;
          }
          rest = true;
        })(),
      );
      number++;
    } while (rest);
  }
  yield entry('transactions.csv', await journal(core, teamId));
  for await (const files of core.store.exports.files(teamId)) for (const file of files) yield* fileEntry(core, file, missing, signal);
  if (missing.length > 0) yield entry('files-missing.txt', pieces(missing.map((line) => `${line}\n`).join('')));
}

async function* linesOf(core: Core, pages: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  for await (const rows of pages) if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(withWords(core, row))}\n`).join('');
}

/** What a letter says is stored as codes and facts; people read words. */
function withWords(core: Core, row: object): object {
  if (!('saying' in row)) return row;
  try {
    return { ...row, words: replyFor(row.saying as Saying, replyContext(core)).fallback };
  } catch {
    return row; // a newer version wrote it
  }
}

function journal(core: Core, teamId: TeamId): Promise<Readable> {
  // The same table that an owner gets on the page of credits.
  const owner = { teamId, role: 'owner' } as Actor;
  return transactionsCsv(core, owner, { bom: false });
}

/** A file that is not there any more is noted, and the archive goes on. */
async function* fileEntry(
  core: Core,
  { id, taskId, name, storageKey, createdAt }: ExportedFile,
  missing: string[],
  signal: AbortSignal,
): AsyncGenerator<ZipEntry> {
  const path = `files/${taskId ?? 'not-used'}/${id}-${name}`;
  try {
    yield { name: path, at: createdAt, content: (await core.files.open(storageKey, signal)) as AsyncIterable<Buffer> };
  } catch (error) {
    if (!(error instanceof FilesError) || error.code !== 'file.missing') throw error;
    missing.push(path);
  }
}

async function* pieces(text: string): AsyncGenerator<string> {
  yield text;
}

function readme(name: string, at: Date): string {
  return `All data of the team “${name}”, as of ${at.toISOString()}.

Each .jsonl file holds one table: one row a line, as JSON (UTF-8). Times are in UTC. Amounts of credits are in
millionths: 1000000 is one credit. In transactions.csv they are in credits.

team.jsonl           the team and its settings
members.jsonl        who is in it, and as what
logins.jsonl         chat accounts that log its person in, where it is the team of one person
invitations.jsonl    who was invited
api-keys.jsonl       keys of programs, without what opens anything
workspaces.jsonl     linked chat workspaces
installations.jsonl  the app in those workspaces, without what opens anything
places.jsonl         channels and threads there by name, and their rules
identities.jsonl     people of those workspaces who spoke with us
limits.jsonl         who may spend what
conversations.jsonl  where was talked
tasks.jsonl          what was asked for, what came of it, what it cost
attempts.jsonl       each try of an agent
task-events.jsonl    what happened to each task, and when
feedback.jsonl       what people thought of results
letters.jsonl        what was said to people; "words" is the one-line form
files.jsonl          files, also those that are no longer kept
transactions.csv     the journal of credits
audit-log.jsonl      who did what to people, credits and settings
files/<task>/        the files themselves, as far as they are still kept
`;
}

// --- Upkeep.

const REMOVED_AT_ONCE = 20;

/** Removes what was kept for seven days, and what failed tries left behind. */
export async function expireExports(core: Core): Promise<void> {
  for (const made of await core.store.exports.toRemove(core.clock.now(), null, REMOVED_AT_ONCE)) await removeExport(core, made);
}

/** True when nothing of it is left. */
export async function removeExport(core: Core, made: StoredExport): Promise<boolean> {
  try {
    await core.files.removeAll(`exports/${made.id}/`);
  } catch (error) {
    if (!(error instanceof FilesError)) throw error;
    core.log.warn({ exportId: made.id, error }, 'export not removed yet');
    return false;
  }
  await core.store.exports.removed(made.id);
  core.log.info({ exportId: made.id }, 'export removed');
  return true;
}
