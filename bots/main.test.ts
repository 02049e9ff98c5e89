import { expect, test } from 'vitest';
import { systemClock } from '#core/engines/clock.ts';
import type { App } from '#core/flows/app.ts';
import type { Poster } from '#core/ports/poster.ts';
import type { Shower } from '#core/ports/shower.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import type { Adapter } from './adapter.ts';
import { platformsReadHere, startBots } from './main.ts';
import { terminal } from './terminal/adapter.ts';

const core = { app: {} as App, log: quietLog, clock: systemClock };

test('only the platforms that have settings are started', async () => {
  const events: string[] = [];
  const bots = await startBots(core, { slack: { token: 'x' } }, [platform('slack', events), platform('discord', events)]);
  await bots.stop();
  expect(events).toEqual(['slack starts', 'slack stops']);
});

test('when one platform can not start, the operator is told why and none stays', async () => {
  const events: string[] = [];
  const broken: Adapter = { ...terminal, platform: 'discord', start: () => Promise.reject(new Error('the token is wrong')) };
  await expect(startBots(core, { slack: {}, discord: {} }, [platform('slack', events), broken])).rejects.toThrow('the token is wrong');
  expect(events).toEqual(['slack starts', 'slack stops']);
});

test('letters to the portal and to terminals are read from us, all others are posted', () => {
  expect(platformsReadHere([platform('slack', []), terminal])).toEqual(new Set(['web', 'terminal']));
});

test('what posts on a platform and what shows work there are found by its name', async () => {
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
