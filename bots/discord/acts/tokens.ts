// What an interaction gives for answering one person later: its token. It is kept for a conversation that lives on interactions, in the
// place of an older one.

import type { ReplyHandles } from '#core/ports/reply-handles.ts';
import { handleKey } from '../keys.ts';
import { refs } from '../refs.ts';
import { atOf } from '../snowflake.ts';

/** Discord’s tokens work for fifteen minutes. */
const WORKS_MS = 14 * 60_000;
/** As often as Discord takes follow-ups where the app is not installed in the server. */
const USES = 5;

/** Does nothing for a conversation that others see. Rejects while the database is away. */
export async function keepToken(
  handles: ReplyHandles,
  threadRef: string,
  { id, token }: { readonly id: string; readonly token: string },
): Promise<void> {
  const address = refs.parse(threadRef);
  if (address?.guild !== '@user' || address.thread === '') return;
  await handles.keep(handleKey(address.thread), token, {
    uses: USES,
    expiresAt: new Date(atOf(id).getTime() + WORKS_MS),
  });
}
