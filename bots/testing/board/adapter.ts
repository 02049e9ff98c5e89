// The board is the platform that we can break: real product code talks to it as to any other, in tests and beside
// `npm run board` only.

import type { Adapter } from '#bots/adapter.ts';
import { boardEchoes } from './echoes.ts';
import { boardFetcher } from './fetcher.ts';
import { boardInbound } from './inbound.ts';
import { boardPoster, type BoardSettings } from './poster.ts';
import { refs } from './refs.ts';
import { limits, renderBoard } from './render.ts';
import { boardShower } from './shower.ts';

export const board: Adapter<BoardSettings, string> = {
  platform: 'board',
  delivery: 'posted',
  fetchesFiles: true,
  refs,
  limits,
  render: renderBoard,
  async start(context) {
    const { settings, budgets } = context;
    const mounts = [boardInbound(context), boardEchoes(context)];
    return {
      poster: boardPoster(settings, budgets),
      shower: boardShower(settings),
      fetcher: boardFetcher(settings),
      mounts,
      async stop() {},
    };
  },
  async startSandbox(options) {
    const { playBoard } = await import('./play.ts');
    return playBoard(options);
  },
};
