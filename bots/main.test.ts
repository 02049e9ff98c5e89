import { expect, test } from 'vitest';
import { systemClock } from '#core/engines/clock.ts';
import type { App } from '#core/flows/app.ts';
import type { Mount } from '#core/ports/mount.ts';
import type { Poster } from '#core/ports/poster.ts';
import type { Shower } from '#core/ports/shower.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import type { Adapter } from './adapter.ts';
import { startBots } from './main.ts';
import { alone } from './testing/alone.ts';
import { terminal } from './terminal/adapter.ts';

const core = {
  app: {} as App,
  log: quietLog,
  clock: systemClock,
  ...alone(),
  publicUrl: 'http://localhost:3000',
  brandName: 'Impacter',
};

test('only the platforms that have settings are started', async () => {
  const events: string[] = [];
  const bots = await startBots(core, { slack: { token: 'x' } }, [platform('slack', events), platform('discord', events)]);
  await bots.stop();
  expect(events).toEqual(['slack starts', 'slack stops']);
});

test('when one platform can not start, the operator is told why and none stays', async () => {
  const events: string[] = [];
  const broken: Adapter = { ...platform('discord', []), start: () => Promise.reject(new Error('the token is wrong')) };
  await expect(startBots(core, { slack: {}, discord: {} }, [platform('slack', events), broken])).rejects.toThrow('the token is wrong');
  expect(events).toEqual(['slack starts', 'slack stops']);
});

test('an adapter that posts where people read letters from us, or the other way round, does not start', async () => {
  const events: string[] = [];
  await expect(startBots(core, { terminal: {} }, [platform('terminal', events)])).rejects.toThrow(
    'The adapter of terminal says posted, and the table of platforms read-here.',
  );
  await expect(startBots(core, {}, [{ ...terminal, platform: 'slack' }])).rejects.toThrow('says read-here');
  expect(events).toEqual([]);
});

test('an adapter’s address takes a body of 1 MB, unless the adapter says another size', async () => {
  const handle = () => undefined;
  const mounts: Mount[] = [
    { path: '/pager/events', handle },
    { path: '/pager/files', body: { mostBytes: 5 }, handle },
  ];
  const pager: Adapter = { ...platform('pager', []), start: async () => ({ mounts, async stop() {} }) };
  const bots = await startBots(core, { pager: {} }, [pager]);
  expect(bots.mounts.map(({ body }) => body)).toEqual([{ mostBytes: 1_000_000 }, { mostBytes: 5 }]);
});

test('the poster and the shower of a platform are found by its name', async () => {
  const [poster, shower] = [{ platform: 'slack' } as Poster, { platform: 'slack' } as Shower];
  const slack: Adapter = { ...platform('slack', []), start: async () => ({ poster, shower, async stop() {} }) };
  const bots = await startBots(core, { slack: {}, discord: {} }, [slack, platform('discord', [])]);
  expect([bots.posters, bots.showers]).toEqual([new Map([['slack', poster]]), new Map([['slack', shower]])]);
  await bots.stop();
});

function platform(name: string, events: string[]): Adapter {
  return {
    ...terminal,
    platform: name,
    delivery: 'posted',
    async start() {
      events.push(`${name} starts`);
      return {
        async stop() {
          events.push(`${name} stops`);
        },
      };
    },
  };
}
