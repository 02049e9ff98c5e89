// Files of a command, a form or a message, as requests bring them.

import type { MessageInput } from '#core/contracts/chats.ts';
import { safeFileName } from '#core/domain/files/file-name.ts';
import { fileRef } from '../out/files.ts';
import { fileNameOf } from '../said/files.ts';
import type { Attachment, Resolved, SeenMessage } from './shapes.ts';

export type AskedFiles = NonNullable<MessageInput['files']>;

/** They belong to no message: only their address leads to them, until it is refreshed. */
export function uploaded(resolved: Resolved, ids: readonly string[]): AskedFiles {
  return ids.flatMap((id) => {
    const file = resolved?.attachments?.[id];
    return file === undefined ? [] : [asked(file, `url:${file.url ?? ''}`)];
  });
}

/** With what was forwarded. `isReadable`: we can fetch the message again, which gives a fresh address. */
export function filesOf(
  { id, channel_id: channel, attachments = [], message_snapshots: forwarded = [] }: SeenMessage,
  isReadable: boolean,
): AskedFiles {
  const all = [...attachments, ...forwarded.flatMap(({ message }) => message.attachments ?? [])];
  return all.map((file) => asked(file, isReadable && channel !== undefined ? fileRef(channel, id, file.id) : `url:${file.url ?? ''}`));
}

function asked({ filename = 'file', title, content_type: mime, size }: Attachment, ref: string): AskedFiles[number] {
  return {
    kind: 'remote',
    name: safeFileName(fileNameOf({ filename, title })),
    mime: mime?.trim() || 'application/octet-stream',
    // A size of nothing is refused before anything is asked for.
    sizeBytes: Math.max(1, size ?? 1),
    ref,
  };
}
