// `npm run board`: the product as `npm start` runs it, and beside it the board, whose first workspace is linked to the
// first person's team. It is here because no part of the product may need the board.

import { adapters } from '#bots/adapters.ts';
import { linkAtStart } from '#core/flows/workspaces/link-at-start.ts';
import { start } from '#core/main.ts';
import { board } from './adapter.ts';

await start({
  adapters: [...adapters, board],
  async beforeListening(core, { apiKey }) {
    const owner = (await core.store.people.holderOf(apiKey))!;
    await linkAtStart(core, owner, { platform: 'board', externalId: 'board', name: 'Board' });
  },
});
