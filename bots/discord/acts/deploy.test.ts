// Commands are sent to Discord when they have changed, by one of all processes.

import { expect, onTestFinished, test, vi } from 'vitest';
import { clockByHand, passTimeUntil } from '#core/testing/runner/clock-by-hand.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { discordCalls } from '../api/call.ts';
import { botId } from '../sandbox/bot.ts';
import { discordPeople } from '../sandbox/client.ts';
import { defaultToken, startDiscordSandbox } from '../sandbox/server.ts';
import { openActsWorld } from '../testing/acts-world.ts';
import { commandSet } from './commands.ts';
import { deployCommands } from './deploy.ts';

const world = forAll(() => openActsWorld(), 60_000);
const PUT = 'PUT /applications/:app/commands';

test('commands are sent once, whoever starts and however often, and again when they change or when Discord was away', async () => {
  const sandbox = await startDiscordSandbox({ limitFactor: 1_000 });
  onTestFinished(sandbox.stop);
  const people = discordPeople(sandbox.url);
  const { context } = world();
  const clock = clockByHand();
  const pulse = { invalid() {} };
  const settings = { ...context.settings, applicationId: botId, apiUrl: sandbox.apiUrl, token: defaultToken };
  const call = discordCalls(settings, { budgets: context.budgets, clock, pulse });
  const start = (brandName = 'Impacter') => deployCommands({ ...context, clock, settings, brandName }, call);

  await people.next(PUT, 'broken');
  await passTimeUntil(start().done, clock);
  await Promise.all([start().done, start().done]);
  await start().done;
  expect((await people.calls(PUT)).map(({ status }) => status)).toEqual([200]);
  expect((await people.commands()).map(({ name }) => name)).toEqual(commandSet('').map(({ name }) => name));

  // Another process had begun to, and died.
  await world().core.store.leases.take('discord:commands', 'a process that died', 200, new Date());
  await passTimeUntil(start('Acme Works').done, clock);
  expect((await people.calls(PUT)).map(({ status }) => status)).toEqual([200, 200]);
  // Whoever stops while Discord is away does not wait for it.
  await people.next(PUT, 'silent');
  const waiting = start('Another');
  await vi.waitFor(async () => expect((await people.faults()).calls).toEqual([]));
  await waiting.stop();
});
