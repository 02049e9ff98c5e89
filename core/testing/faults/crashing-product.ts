// The product as a process of its own that kills itself with -9 at a chosen point, for the crash tests. It prints its address;
// told `<point> <times>` on a line, it repeats the line and dies the <times>th time it gets there from then on. The parts are the
// real ones; only the call around the point is wrapped.

import { flushCompileCache } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Adapter } from '#bots/adapter.ts';
import { adapters } from '#bots/adapters.ts';
import { discord } from '#bots/discord/adapter.ts';
import { board } from '#bots/testing/board/adapter.ts';
import { readConfig, readEnv } from '#core/contracts/env.ts';
import { createLog } from '#core/engines/log/log.ts';
import type { Core } from '#core/flows/runtime/core.ts';
import { startProduct } from '#core/product/product.ts';

export const crashPoints = [
  'after-commit',
  'before-kept',
  'after-kept',
  'before-queue',
  'during-run',
  'before-edit',
  'after-edit',
  'before-finish',
  'before-delivery',
  'before-marked',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** Of a purchase that is told of, and of a top-up, in the order in which they come. */
export const paymentPoints = [
  'event-claimed',
  'purchase-locked',
  'event-handled',
  'top-up-planned',
  'top-up-sent',
  'top-up-charged',
  'top-up-locked',
] as const;
export type PaymentPoint = (typeof paymentPoints)[number];

if (import.meta.main) {
  const end = { point: 'never', times: 0 };
  const { BOARD_URL, BOARD_TOKEN = '', SLACK_SETTINGS, DISCORD_SETTINGS, DATA_DIR = '' } = process.env;
  const product = await startProduct(readConfig(readEnv(process.env)), {
    // Standard output is for the address alone.
    log: createLog({ level: 'warn', file: path.join(DATA_DIR, 'crashing.log') }),
    adapters: [...adapters.filter(({ platform }) => platform !== discord.platform), discord as Adapter, board],
    botSettings: {
      ...(BOARD_URL !== undefined && { board: { url: BOARD_URL, token: BOARD_TOKEN } }),
      ...(SLACK_SETTINGS !== undefined && { slack: JSON.parse(SLACK_SETTINGS) as unknown }),
      ...(DISCORD_SETTINGS !== undefined && { discord: JSON.parse(DISCORD_SETTINGS) as unknown }),
    },
    timings: { leaseMs: 1_500, letterLeaseMs: 1_500, paymentLeaseMs: 1_500, sweepEveryMs: 300, lostAfterMs: 1_000, queueLockMs: 3_000 },
    withCore: (core) => crashAt(core, end),
  });
  // Usually done at the end, and ours is sudden: the next one starts in half the time.
  flushCompileCache();
  process.stdout.write(`${JSON.stringify({ url: product.url })}\n`);
  const orders = createInterface({ input: process.stdin });
  orders.on('line', (line) => {
    const [point = 'never', times] = line.split(' ');
    Object.assign(end, { point, times: Number(times) });
    process.stdout.write(`${line}\n`);
  });
  process.once('SIGTERM', () => {
    orders.close();
    process.stdin.destroy();
    void product.stop();
  });
}

function crashAt(core: Core, end: { point: string; times: number }): Core {
  const at = (here: CrashPoint | PaymentPoint) => {
    if (here === end.point && --end.times === 0) process.kill(process.pid, 'SIGKILL');
  };
  const { store, payments } = core;
  return {
    ...core,
    payments: payments && {
      ...payments,
      async charge(...call) {
        const charge = await payments.charge(...call);
        at('top-up-charged');
        return charge;
      },
    },
    queue: {
      ...core.queue,
      add(jobs) {
        at('before-queue');
        return core.queue.add(jobs);
      },
    },
    agents: {
      ...core.agents,
      run: (job, watch, signal) =>
        core.agents.run(
          job,
          {
            ...watch,
            async accepted() {
              await watch.accepted();
              at('during-run');
            },
          },
          signal,
        ),
    },
    store: {
      ...store,
      async intake(row, time) {
        const answer = await store.intake(row, time);
        at('after-commit');
        return answer;
      },
      news: {
        ...store.news,
        async claim(...call) {
          const news = await store.news.claim(...call);
          if (news.length > 0) at('event-claimed');
          return news;
        },
        done(...call) {
          at('event-handled');
          return store.news.done(...call);
        },
      },
      purchases: {
        ...store.purchases,
        async lock(...call) {
          const purchase = await store.purchases.lock(...call);
          at('purchase-locked');
          return purchase;
        },
      },
      topUps: {
        ...store.topUps,
        async plan(...call) {
          const standing = await store.topUps.plan(...call);
          if (standing === 'due') at('top-up-planned');
          return standing;
        },
        async send(...call) {
          const sent = await store.topUps.send(...call);
          if (sent) at('top-up-sent');
          return sent;
        },
        async paid(...call) {
          await store.topUps.paid(...call);
          at('top-up-locked');
        },
      },
      waitingInputs: {
        ...store.waitingInputs,
        async kept(...call) {
          at('before-kept');
          const kept = await store.waitingInputs.kept(...call);
          at('after-kept');
          return kept;
        },
      },
      chats: {
        ...store.chats,
        async take(...call) {
          const answer = await store.chats.take(...call);
          at('after-commit');
          return answer;
        },
      },
      finish(ending, time) {
        at('before-finish');
        return store.finish(ending, time);
      },
      letters: {
        ...store.letters,
        async claim(...call) {
          const letters = await store.letters.claim(...call);
          if (letters.some(({ saying }) => saying.kind === 'result')) at('before-delivery');
          return letters;
        },
        sent(letter, ...call) {
          if (letter.saying.kind === 'result') at('before-marked');
          return store.letters.sent(letter, ...call);
        },
      },
      showings: {
        ...store.showings,
        async claim(...call) {
          const showings = await store.showings.claim(...call);
          if (showings.length > 0) at('before-edit');
          return showings;
        },
        shown(...call) {
          at('after-edit');
          return store.showings.shown(...call);
        },
      },
    },
  };
}
