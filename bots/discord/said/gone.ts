// Messages that were deleted, by their author, a moderator or a bot: Discord does not say by whom, and names no author either.

import { messageKey } from '../keys.ts';
import type { SaidDeps } from './deps.ts';
import { WITHIN_MS } from './said.ts';

const AT_ONCE = 10;

/** Resolves once the outcomes are committed; what rejects is told again. */
export async function handleGone({ app }: Pick<SaidDeps, 'app'>, guild: string | null, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    const given = some.map((id) => ({
      platform: 'discord',
      workspace: guild,
      key: messageKey(id),
    }));
    const outcomes = await Promise.all(given.map((each) => app.chats.gone(each, { withinMs: WITHIN_MS })));
    if (outcomes.includes('too-many')) throw new Error('more requests were deleted at once than are taken in a minute');
  }
}
