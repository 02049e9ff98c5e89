// What people attach, and what they forward.

import type { MessageInput } from '#core/contracts/chats.ts';
import { safeFileName } from '#core/domain/files/file-name.ts';
import { fileRef } from '../out/files.ts';
import type { DiscordAttachment, DiscordMessage } from './shapes.ts';

export type FileInput = NonNullable<MessageInput['files']>[number];

/** Of the message, and of what it forwards. */
export function attachmentsOf({ attachments, message_snapshots: forwarded }: DiscordMessage): readonly DiscordAttachment[] {
  return [...attachments, ...(forwarded ?? []).flatMap(({ message }) => message.attachments)];
}

export function filesOf(message: DiscordMessage): FileInput[] {
  return attachmentsOf(message).map((attachment) => ({
    kind: 'remote',
    name: safeFileName(fileNameOf(attachment)),
    mime: attachment.content_type?.trim() || 'application/octet-stream',
    // A size of nothing is refused before anything is asked for.
    sizeBytes: Math.max(1, attachment.size),
    ref: fileRef(message.channel_id, message.id, attachment.id),
  }));
}

/** Discord replaces what is not ASCII in `filename`; the real name is the `title`, without its ending. */
export function fileNameOf({ filename, title }: Pick<DiscordAttachment, 'filename' | 'title'>): string {
  if (!title?.trim()) return filename;
  const ending = /\.[^.\s/\\]{1,20}$/.exec(filename)?.[0] ?? '';
  return title.toLowerCase().endsWith(ending.toLowerCase()) ? title : `${title}${ending}`;
}
