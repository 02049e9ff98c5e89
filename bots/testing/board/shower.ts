// Editing posts on the board. An edit replaces the whole text; the board takes edits in the order in which they come.

import { PostError } from '#core/ports/poster.ts';
import type { Shower } from '#core/ports/shower.ts';
import { addressOf, boardCalls, type BoardSettings } from './poster.ts';
import { renderBoard } from './render.ts';

export function boardShower(settings: BoardSettings): Shower {
  const call = boardCalls(settings);
  return {
    platform: 'board',
    everyMs: settings.editEveryMs ?? 1000,
    async show({ threadRef, messageRef, reply }, signal) {
      const { channel } = addressOf({ threadRef });
      if (!/^\d{1,15}$/.test(messageRef)) throw new PostError('never', 'not a message of the board', { why: 'gone' });
      await call('PUT', `channels/${channel}/messages/${messageRef}`, signal, { text: renderBoard(reply)[0] });
    },
  };
}
