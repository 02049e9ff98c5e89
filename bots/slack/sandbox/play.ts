// Slack beside a running product, with workspaces to begin with, and a page to talk on.

import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { AdapterSandbox, SandboxOptions } from '#bots/adapter.ts';
import { chatPages } from '#bots/sandbox/pages.ts';
import type { NewInstallation } from '#core/domain/workspaces/installation.ts';
import type { SlackSettings } from '../settings.ts';
import { slackChat } from './chat.ts';
import { slackPeople, type SlackPeople } from './client.ts';
import { defaultClient, startSlackSandbox } from './server.ts';
import type { Team } from './shapes.ts';

export async function playSlack({ dataDir, url, publicUrl = url, clock }: SandboxOptions): Promise<AdapterSandbox<SlackSettings>> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const [signingSecret, peopleToken, clientSecret] = [newSecret(), newSecret(), newSecret()];
  const slack = await startSlackSandbox({
    peopleToken,
    signingSecrets: [signingSecret],
    client: { secret: clientSecret },
    redirectUris: [`${publicUrl}/slack/oauth_redirect`, `${publicUrl}/login/with/slack`],
    file: path.join(dataDir, 'slack.jsonl'),
    now: () => clock.now(),
  });
  const people = slackPeople(slack.url, peopleToken);
  if ((await people.places()).teams.length === 0) await furnish(people);
  // Nobody answers there yet; what is said meanwhile is told until somebody does.
  await people.hook({ url: `${url}/slack/events` });
  const { teams } = await people.places();
  const page = { title: 'Slack', path: '/sandbox/slack' } as const;
  return {
    settings: {
      botToken: null,
      signingSecrets: [signingSecret],
      appToken: null,
      install: { clientId: defaultClient.id, clientSecret },
      historyEveryMs: INTERNAL_HISTORY_MS,
      apiUrl: slack.apiUrl,
      seeds: teams.filter(({ tokenState }) => tokenState === 'live').map((team) => installationOf(team)),
    },
    mounts: chatPages(slackChat(people), { path: page.path }),
    page,
    linked: teams.filter(({ id }) => id === linkedTeam).map(({ id, name }) => ({ externalId: id, name })),
    stop: slack.stop,
  };
}

export function installationOf({ id, name, token, botUser, scopes }: Team): NewInstallation {
  return {
    platform: 'slack',
    externalId: id,
    enterpriseId: null,
    name,
    botUserId: botUser,
    scopes: [...scopes],
    tokens: { bot: token, refresh: null, expiresAt: null },
    installedBy: null,
  };
}

/** As an app that its own workspace made may read, though this one can be installed in others. */
const INTERNAL_HISTORY_MS = 1_200;

const linkedTeam = 'T0ACME';

/** A workspace that a team pays for, and one that nobody has linked. */
async function furnish(people: SlackPeople): Promise<void> {
  await people.team(linkedTeam, { name: 'Acme' });
  await people.user(linkedTeam, { id: 'U0ANN', name: 'Ann', role: 'admin' });
  await people.user(linkedTeam, { id: 'U0BO', name: 'Bo' });
  await people.user(linkedTeam, { id: 'U0GUS', name: 'Gus', role: 'guest' });
  await people.user(linkedTeam, { id: 'U0OLGA', name: 'Olga', role: 'outsider' });
  await people.channel(linkedTeam, 'C0GENERAL', { name: 'general', shared: true });
  await people.channel(linkedTeam, 'C0SALES', { name: 'sales' });
  await people.channel(linkedTeam, 'C0PLANS', { name: 'plans', kind: 'private' });
  await people.channel(linkedTeam, 'C0RANDOM', { name: 'random', member: false });
  await people.channel(linkedTeam, 'C0OLD', { name: 'old', archived: true });
  await people.channel(linkedTeam, 'D0ANN', { name: 'Ann', user: 'U0ANN' });
  await people.channel(linkedTeam, 'D0BO', { name: 'Bo', user: 'U0BO' });
  await people.team('T0HARBOR', { name: 'Harbor (not linked)' });
  await people.user('T0HARBOR', { id: 'U0MIA', name: 'Mia', role: 'admin' });
  await people.channel('T0HARBOR', 'C0HARBOR', { name: 'general' });
  await people.channel('T0HARBOR', 'D0MIA', { name: 'Mia', user: 'U0MIA' });
}

function newSecret(): string {
  return randomBytes(24).toString('base64url');
}
