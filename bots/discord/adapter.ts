// Discord. What it tells comes over the gateway (gateway/), and presses and commands also over HTTP (http/); what people say is handed on
// (said/, servers/, acts/), replies are drawn as components (draw/) and leave for their channel (out/). Whoever has no Discord loads none of it.

import type { Adapter } from '#bots/adapter.ts';
import { limits, renderDiscord, type DiscordPost } from './draw/render.ts';
import { discordLogIn } from './log-in/provider.ts';
import { refs } from './refs.ts';
import type { DiscordSettings } from './settings.ts';

export const discord: Adapter<DiscordSettings, DiscordPost> = {
  platform: 'discord',
  delivery: 'posted',
  fetchesFiles: true,
  refs,
  limits,
  render: (reply) => renderDiscord(reply),
  async start(context) {
    const { startDiscord } = await import('./start.ts');
    return startDiscord(context);
  },
  logIn: ({ applicationId = '', clientSecret = null, apiUrl = null }) => discordLogIn({ applicationId, clientSecret, apiUrl }),
  async startSandbox(options) {
    const { playDiscord } = await import('./sandbox/play.ts');
    return playDiscord(options);
  },
};
