// docs/discord.md, followed step by step on the sandbox by somebody who connects a server.

import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { loggedIn } from '#core/testing/stages/shared-team.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { commandSet } from './acts/commands.ts';
import { examineDiscord } from './examine.ts';
import { at, openProduct } from './testing/open-product.ts';

const agents = agentsThat(async ({ quantity }) => done('Here they are.', [csvOf('leads.csv', quantity ?? 3)]));
// As the steps say: without a public key, and without message content.
const world = forAll(() => openProduct({ agents, linked: false, bot: { messageContent: false } }), 60_000);
const page = readFileSync('docs/discord.md', 'utf8');

test('the page has five steps, and each names what is done in the test below', () => {
  const [, text] = /## Connect Discord([^]*?)### /.exec(page)!;
  const steps = text!.split(/^\d\. /m).slice(1);
  const named = [
    ['New Application', 'Application ID', 'DISCORD_APPLICATION_ID'],
    ['Reset Token', 'DISCORD_TOKEN', 'Privileged Gateway Intents'],
    ['Guild Install', 'User Install', 'Discord Provided Link', 'six permissions'],
    ['Restart the product', 'sends its commands'],
    ['Add to Discord', 'mention the bot', 'the link that chooses the team that pays'],
  ];
  expect(steps.map((step, i) => named[i]?.filter((word) => !step.replace(/\s+/g, ' ').includes(word)))).toEqual(named.map(() => []));
});

test('the address on the page asks for the permissions on the page, and no other', () => {
  const bits: Readonly<Record<string, bigint>> = {
    'View Channels': 1n << 10n,
    'Send Messages': 1n << 11n,
    'Create Public Threads': 1n << 35n,
    'Send Messages in Threads': 1n << 38n,
    'Read Message History': 1n << 16n,
    'Attach Files': 1n << 15n,
  };
  const [, asked] = /permissions=(\d+)/.exec(page)!;
  const [, table] = /### What the bot asks for, and why([^]*?)\n\n(?!\|)/.exec(page.replace(/\n\n\|/, '\n|'))!;
  const named = table!.match(/^\| ([A-Z][\w ]+) \|/gm)!.map((row) => row.slice(2, -2));
  expect(named).toEqual(Object.keys(bits));
  expect(BigInt(asked!)).toBe(named.reduce((sum, name) => sum | bits[name]!, 0n));
});

test('every command that the page names is there, and every one that is there is named', () => {
  const [, table] = /## What it understands([^]*?)\n\n(?!\|)/.exec(page.replace('understands\n\n', 'understands\n'))!;
  const named = new Set(table!.match(/`\/[a-z]+/g)!.map((each) => each.slice(2)));
  const slash = commandSet('Impacter').flatMap(({ name, type }) => (type === 1 ? [name] : []));
  expect([...named].toSorted()).toEqual(slash.toSorted());
});

test('followed step by step, the page leads from nothing to a request that is answered', async () => {
  const { people, settings, say, answer, owner, app, core } = world();
  // 1 to 4: the doctor finds nothing to mend.
  await vi.waitFor(async () =>
    expect((await examineDiscord(settings, core.settings.publicUrl)).filter(({ state }) => state !== 'ok')).toEqual([]),
  );
  // 5: mentioned, the bot offers whoever manages the server the link by which a team takes over the costs.
  await say('find me 3 leads in Miami');
  const url = await vi.waitFor(async () => {
    const buttons = JSON.stringify((await people.dms(at.ann)).map(({ components }) => components));
    return /"label":"Link server","url":"([^"]+)"/.exec(buttons)?.[1] ?? Promise.reject(new Error(`no link yet: ${buttons}`));
  });
  await app.workspaces.confirmLink(loggedIn(owner), url.slice(url.lastIndexOf('/') + 1), { userId: owner.userId, teamId: owner.teamId });
  const thread = await say('find me 3 leads in Miami');
  expect(await answer(thread, /✓ Done: 3 leads/)).toMatch(/leads\.csv/);
});
