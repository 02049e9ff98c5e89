import { expect, test } from 'vitest';
import type { Adapter, SandboxOptions } from './adapter.ts';
import { startChatSandboxes } from './sandboxes.ts';
import { terminal } from './terminal/adapter.ts';

const options: SandboxOptions = { dataDir: '/nowhere', url: 'http://127.0.0.1:1', brandName: 'Impacter' };

test('a platform without settings is played where it can be, and one with settings is left alone', async () => {
  const events: string[] = [];
  const list = [terminal, platform('slack', events), platform('discord', events)];
  const played = await startChatSandboxes({ discord: {} }, options, list);
  expect(played).toMatchObject({ settings: { slack: 'settings of slack' }, pages: [{ title: 'slack', path: '/sandbox/slack' }] });
  await played.stop();
  expect(events).toEqual(['slack starts', 'slack stops']);
});

test('when one sandbox can not start, none stays', async () => {
  const events: string[] = [];
  const broken: Adapter = { ...platform('discord', events), startSandbox: () => Promise.reject(new Error('its folder is read-only')) };
  await expect(startChatSandboxes({}, options, [platform('slack', events), broken])).rejects.toThrow('its folder is read-only');
  expect(events).toEqual(['slack starts', 'slack stops']);
});

function platform(name: string, events: string[]): Adapter {
  return {
    ...terminal,
    platform: name,
    async startSandbox() {
      events.push(`${name} starts`);
      return {
        settings: `settings of ${name}`,
        mounts: [],
        page: { title: name, path: `/sandbox/${name}` },
        async stop() {
          events.push(`${name} stops`);
        },
      };
    },
  };
}
