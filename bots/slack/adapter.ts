// Slack. What it is told comes over HTTP or a socket (in/), what people say is handed on (said/), replies are drawn as blocks (draw/) and leave
// for their channel (out/). Bolt and the sandbox are loaded only by whoever needs them.

import type { Adapter } from '#bots/adapter.ts';
import { noticing, slackCalls } from './api/call.ts';
import { limits, renderSlack, type SlackPost } from './draw/render.ts';
import { slackPulse } from './health.ts';
import { slackInbound } from './in/inbound.ts';
import { slackInstall, slackOrigin } from './install/install.ts';
import { keepRotated, type Rotation } from './install/rotation.ts';
import { watchScopes } from './install/scopes.ts';
import { keepInstallations } from './installations.ts';
import { slackLogIn } from './log-in/provider.ts';
import { slackFetcher } from './out/fetcher.ts';
import { scopeNames } from './manifest/scopes.ts';
import { slackPoster } from './out/poster.ts';
import { slackShower } from './out/shower.ts';
import { slackStatus } from './out/status.ts';
import { refs } from './refs.ts';
import type { SlackSettings } from './settings.ts';
import { tokensOf } from './tokens-of.ts';

export const slack: Adapter<SlackSettings, SlackPost> = {
  platform: 'slack',
  delivery: 'posted',
  fetchesFiles: true,
  scopes: scopeNames,
  refs,
  limits,
  render: renderSlack,
  async start(context) {
    const { app, settings, budgets, hints, clock, log } = context;
    const { install: client } = settings;
    let rotation: Rotation | null = null;
    const pulse = slackPulse(clock, { hasSocket: settings.appToken !== null, isOwn: client === null });
    const watched = pulse.watched(slackCalls(settings));
    const scopes = watchScopes({ app, call: watched, clock, log });
    const rotating = noticing(watched, 'token_expired', () => rotation?.soon());
    const call = noticing(rotating, 'missing_scope', (token) => scopes.lacking(token));
    const installed = await keepInstallations(context, call);
    rotation = client && keepRotated({ app, budgets, clock, log, client, call });
    const tokens = tokensOf(
      (team) => app.workspaces.installation('slack', team),
      () => installed.isComplete(),
    );
    const status = slackStatus({ call, tokens, hints, clock, log });
    const inbound = await slackInbound(context, { call, tokens, status, pulse });
    return {
      poster: slackPoster({ call, tokens, budgets, settings }),
      shower: slackShower({ call, tokens, budgets, settings, clock, status }),
      fetcher: slackFetcher({ call, tokens, settings }),
      mounts: [inbound.mount, ...(client === null ? [] : slackInstall(context, { call, tokens, client, welcome: inbound.welcome }))],
      leadsTo: client === null ? [] : [slackOrigin(settings)],
      health: pulse.health,
      gauges: pulse.gauges,
      async stop() {
        await Promise.all([inbound.stop(), installed.stop(), rotation?.stop()]);
        await Promise.all([status.ended(), scopes.ended()]);
      },
    };
  },
  logIn: ({ install = null, apiUrl = null }, { clock }) => slackLogIn({ install, apiUrl }, clock),
  async startSandbox(options) {
    const { playSlack } = await import('./sandbox/play.ts');
    return playSlack(options);
  },
};
