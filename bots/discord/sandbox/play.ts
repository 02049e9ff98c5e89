// Discord beside a running product, with servers to begin with, and a page to talk on.

import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { AdapterSandbox, SandboxOptions } from '#bots/adapter.ts';
import { chatPages } from '#bots/sandbox/pages.ts';
import type { DiscordSettings } from '../settings.ts';
import { botId } from './bot.ts';
import { discordChat } from './chat.ts';
import { discordPeople } from './client.ts';
import { furnish, ids } from './furnish.ts';
import { startDiscordSandbox } from './server.ts';

export async function playDiscord({ dataDir, url, publicUrl = url, clock }: SandboxOptions): Promise<AdapterSandbox<DiscordSettings>> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const [token, peopleToken, clientSecret] = [newSecret(), newSecret(), newSecret()];
  const discord = await startDiscordSandbox({
    peopleToken,
    token,
    clientSecret,
    redirectUris: [`${publicUrl}/login/with/discord`],
    file: path.join(dataDir, 'discord.jsonl'),
    now: () => clock.now(),
  });
  const people = discordPeople(discord.url, peopleToken);
  if ((await people.places()).guilds.length === 0) await furnish(people);
  const { guilds } = await people.places();
  const content = { isOn: true };
  const contentSwitch = {
    isOn: () => content.isOn,
    async flip() {
      content.isOn = !content.isOn;
      // A connection keeps the intents that it was begun with.
      await people.gateway({ op9: false });
    },
  };
  const page = { title: 'Discord', path: '/sandbox/discord' } as const;
  return {
    settings: {
      token,
      applicationId: botId,
      publicKey: discord.publicKey,
      clientSecret,
      apiUrl: discord.apiUrl,
      get messageContent() {
        return content.isOn;
      },
      cdnHosts: [discord.cdnHost],
    },
    mounts: chatPages(discordChat(people, contentSwitch), { path: page.path }),
    page,
    linked: guilds.filter(({ id }) => id === ids.acme).map(({ id, name }) => ({ externalId: id, name })),
    stop: discord.stop,
  };
}

function newSecret(): string {
  return randomBytes(24).toString('base64url');
}
