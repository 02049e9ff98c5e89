// `npm run board`: the product as `npm start` runs it, and beside it the board, whose first workspace is linked to the
// first person's team. It is here because no part of the product may need the board.

import { adapters } from '#bots/adapters.ts';
import { newId } from '#core/domain/ids.ts';
import { start } from '#core/main.ts';
import { board } from './adapter.ts';

await start({
  adapters: [...adapters, board],
  async beforeListening(core, { apiKey }) {
    const { teamId } = (await core.store.people.holderOf(apiKey))!;
    const workspace = { platform: 'board', externalId: 'board' };
    await core.store.prisma.workspace.upsert({
      where: { platform_externalId: workspace },
      create: { id: newId(), ...workspace, teamId, name: 'Board' },
      update: {},
    });
  },
});
