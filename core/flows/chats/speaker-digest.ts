// Who spoke, in keys that stay: the platform's id of a person cannot be read there, also after we have erased them.

import { createHmac } from 'node:crypto';
import { speakerKey, type Speaker } from '#core/domain/chats/speaker.ts';
import type { Core } from '../runtime/core.ts';

/** Enough to tell the speakers of one message apart. */
const CHARACTERS = 22;

export function speakerDigest({ settings }: Pick<Core, 'settings'>, speaker: Speaker): string {
  return createHmac('sha256', settings.mailboxKey)
    .update(`speaker ${speakerKey(speaker)}`)
    .digest('base64url')
    .slice(0, CHARACTERS);
}
