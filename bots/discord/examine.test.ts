// What `npm run doctor` says of Discord.

import { expect, onTestFinished, test } from 'vitest';
import { commandSet } from './acts/commands.ts';
import { examineDiscord } from './examine.ts';
import { botId } from './sandbox/bot.ts';
import { at, openDiscord } from './sandbox/testing/open-discord.ts';
import { defaultToken } from './sandbox/server.ts';
import { openActsWorld } from './testing/acts-world.ts';
import type { DiscordSettings } from './settings.ts';

test('the doctor checks token, intents, permissions, commands and the interactions address, and names the page that mends each', async () => {
  const { discord, people, rest } = await openDiscord();
  const { url, ...opened } = await openActsWorld({ publicKey: discord.publicKey });
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= opened.stop());
  onTestFinished(stop);
  const settings: DiscordSettings = {
    token: defaultToken,
    applicationId: botId,
    publicKey: discord.publicKey,
    clientSecret: null,
    apiUrl: discord.apiUrl,
    messageContent: false,
  };
  const examine = async (change: Partial<DiscordSettings> = {}, publicUrl = url) =>
    (await examineDiscord({ ...settings, ...change }, publicUrl)).map(
      (each) => `${each.state}: ${each.words}${each.state === 'ok' ? '' : ` → ${each.mend}`}`,
    );

  expect(await examine()).toContainEqual(expect.stringMatching(/^warning: 11 commands are missing: ask, .* → npm start/));
  await rest('PUT', `/applications/${botId}/commands`, commandSet('Impacter') as never);
  expect((await examine()).filter((line) => !line.startsWith('ok'))).toEqual([]);
  await people.role(at.acme, { id: at.acme, name: '@everyone', permissions: String(1n << 10n) });
  expect(await examine()).toContainEqual(expect.stringMatching(/^warning: Acme lacks Send Messages, .*Attach Files → .*“Server Settings”/));
  expect(await examine({ publicKey: null })).toContainEqual('ok: interactions come over the gateway');
  expect(await examine({ token: 'wrong' })).toEqual([
    expect.stringMatching(/^failing: Discord does not take the token → .*“Bot”.*DISCORD_TOKEN/),
  ]);
  expect(await examine({ applicationId: '900000000000000002' })).toEqual([
    expect.stringMatching(/^failing: .*→ set DISCORD_APPLICATION_ID to/),
  ]);
  // People come back from Discord only to an address that the app has.
  await people.redirects(['https://old.example/login/with/discord']);
  expect(await examine({ clientSecret: 'secret' })).toContainEqual(
    expect.stringMatching(/^failing: .*\/login\/with\/discord → add it under “Redirects” on the page “OAuth2”/),
  );
  await people.redirects([`${url}/login/with/discord`]);
  expect(await examine({ clientSecret: 'secret' })).toContainEqual('ok: people can log in with Discord');
  await people.allowContent(false);
  expect(await examine({ messageContent: true })).toContainEqual(expect.stringMatching(/^failing: .*Message Content Intent → .*“Bot”/));
  expect(await examine()).toContainEqual('ok: one gateway connection; Discord recommends 1');
  await people.gateway({ shards: 4 });
  expect(await examine({ shards: 2 })).toContainEqual(
    expect.stringMatching(/^warning: 2 gateway connections; Discord recommends 4 → stop every process .* DISCORD_SHARDS=4/),
  );
  expect(await examine({ shards: 4 })).toContainEqual('ok: 4 gateway connections; Discord recommends 4');
  await people.gateway({ shards: 1 });
  await people.gateway({ identifiesLeft: 12 });
  expect(await examine()).toContainEqual(expect.stringMatching(/^failing: 12 of \d+ connections are left/));

  // Once an address is set, interactions come nowhere else.
  await people.interactionsUrl(`${url}/discord/interactions`);
  expect(await examine()).toContainEqual(expect.stringMatching(/^ok: .*\/discord\/interactions answers as Discord wants it/));
  expect(await examine({}, 'https://example.com')).toContainEqual(
    expect.stringMatching(/^failing: Discord sends interactions to http:.* → set it to https:\/\/example.com.*“General Information”/),
  );
  expect(await examine({ publicKey: null })).toContainEqual(expect.stringMatching(/^failing: .*not taken there → set DISCORD_PUBLIC_KEY/));
  await stop();
  expect(await examine()).toContainEqual(expect.stringMatching(/^warning: .*does not answer from here/));
}, 60_000);
