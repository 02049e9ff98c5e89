// `npm run board`: the product as `npm start` runs it, and beside it the board. It is here because no part of the product may
// need the board.

import { adapters } from '#bots/adapters.ts';
import { start } from '#core/main.ts';
import { board } from './adapter.ts';

await start({ adapters: [...adapters, board] });
