// An edit. Discord tells every change of a message, such as a link's preview or a pin; it is an edit where it has a time of editing, and
// the same edit is told once more with each later change. What stood there before is not told, so an edit of a message that nobody
// knows is no request: it may name us for the first time. The message itself was heard before: the gateway keeps their order, and handlers.ts
// where two processes have them.

import { messageKey } from '../keys.ts';
import type { SaidDeps } from './deps.ts';
import { isSpoken, look, speakerIn, whoSaid } from './message.ts';
import { recipientOf } from './recipient.ts';
import { WITHIN_MS } from './said.ts';
import type { DiscordMessage } from './shapes.ts';

/** When its author edited it; null where it was another change, or where nothing says what stands there now. */
export function editedAt({ settings }: Pick<SaidDeps, 'settings'>, message: DiscordMessage): Date | null {
  if (!isSpoken(message) || !message.edited_timestamp) return null;
  const at = new Date(message.edited_timestamp);
  // Without the right to read, a text is empty whatever stands there.
  if (Number.isNaN(at.getTime()) || (message.content === '' && message.guild_id && !settings.messageContent)) return null;
  return at;
}

/** Resolves once the outcome is committed; what rejects is told again. */
export async function handleEdit(deps: SaidDeps, message: DiscordMessage): Promise<void> {
  const { app, forOne } = deps;
  const at = editedAt(deps, message);
  if (at === null) return;
  const said = await look(deps, message);
  if (said === null || said.place.locked || said.isHidden) return;
  const key = messageKey(message.id);
  const edit = { key, text: said.text, at };
  const { show } = await app.chats.changed(await speakerIn(deps, await whoSaid(deps, said)), edit, {
    withinMs: WITHIN_MS,
  });
  forOne.show(`${key}:${at.getTime()}`, recipientOf(said), show);
}
