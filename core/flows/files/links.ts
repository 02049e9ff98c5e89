// A link in a thread is ours: the file, when the link stops working without login, and a signature over both. Nothing
// is stored for it, each click signs a fresh storage address, and a stranger learns nothing by guessing.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Actor } from '#core/domain/actor.ts';
import { isId, type FileId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { Core } from '../runtime/core.ts';

/** How long a link works without login. */
export const LINK_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1000;
/** How long the storage address behind one click works. */
export const SIGNED_SECONDS = 300;
const ID_BYTES = 16;
const TIME_BYTES = 5;
const MAC_BYTES = 16;
const ZERO_MS = Date.UTC(2020, 0, 1);
const SECONDS_MOST = 10_000_000_000;

/** `<publicUrl>/f/<token>` for a file, good for seven days from now. */
export function linkFor(core: Pick<Core, 'settings' | 'clock'>, fileId: FileId): string {
  const body = Buffer.alloc(ID_BYTES + TIME_BYTES);
  body.write(fileId.replaceAll('-', ''), 'hex');
  body.writeUIntBE(core.clock.now().getTime() + LINK_DAYS * DAY_MS - ZERO_MS, ID_BYTES, TIME_BYTES);
  return `${core.settings.publicUrl}/f/${Buffer.concat([body, mac(core.settings.linkKeys[0], body)]).toString('base64url')}`;
}

/**
 * A storage address for one click. Rejects with `link.expired` for a stranger after seven days, whereas its owner still gets
 * one; with `link.ended` once somebody of the team ended it, `file.deleted`, and `file.gone` when it is no longer kept.
 */
export async function openLink(core: Core, token: string, actor: Actor | null): Promise<{ url: string }> {
  const link = readToken(core.settings.linkKeys, token);
  // The same for everything that we did not sign, and for files that never were: nothing can be learned from the answer.
  if (link === null) throw refuse('link.unknown');
  const file = await core.store.files.find(link.fileId);
  if (file === null) throw refuse('link.unknown');
  if (file.deleted) throw refuse('file.deleted', { role: file.role });
  // Who is in the team gets its files anyway.
  if (actor?.teamId !== file.teamId) {
    if (isEnded(link.expiresAtMs, file.linksFrom)) throw refuse('link.ended');
    if (core.clock.now().getTime() >= link.expiresAtMs) throw refuse('link.expired');
  }
  if (file.removed) throw refuse('file.gone', { role: file.role });
  return { url: await core.files.sign(file.storageKey, { name: file.name, mime: file.mime, ttlSeconds: SIGNED_SECONDS }) };
}

function readToken(keys: readonly Buffer[], token: string): { fileId: FileId; expiresAtMs: number } | null {
  if (!/^[A-Za-z0-9_-]{20,80}$/.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  // Two spellings of one token would be two addresses of one file.
  if (bytes.length !== ID_BYTES + TIME_BYTES + MAC_BYTES || bytes.toString('base64url') !== token) return null;
  const body = bytes.subarray(0, ID_BYTES + TIME_BYTES);
  const given = bytes.subarray(ID_BYTES + TIME_BYTES);
  if (!keys.some((key) => timingSafeEqual(mac(key, body), given))) return null;
  const fileId = body.toString('hex', 0, ID_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return isId(fileId) ? { fileId: fileId as FileId, expiresAtMs: timeIn(body) } : null;
}

/** Five bytes of milliseconds since 2020. Before, links had seconds since 1970: a number that this clock left behind in April 2020. */
function timeIn(body: Buffer): number {
  const time = body.readUIntBE(ID_BYTES, TIME_BYTES);
  return time < SECONDS_MOST ? time * 1000 : time + ZERO_MS;
}

/** All links that were made until somebody ended them. How long a link works is the same for all, so its end tells when it was made. */
function isEnded(expiresAtMs: number, linksFrom: Date | null): boolean {
  return linksFrom !== null && expiresAtMs - LINK_DAYS * DAY_MS <= linksFrom.getTime();
}

function mac(key: Buffer, body: Buffer): Buffer {
  return createHmac('sha256', key).update(body).digest().subarray(0, MAC_BYTES);
}
