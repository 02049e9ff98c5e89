// What the app asks a workspace for, and why. The manifest, the link with which it is installed, and the documentation are made of
// this list; a test compares it with the calls and events that the code uses.

import type { AppsManifestCreateArguments } from '@slack/web-api';

type Bot = NonNullable<NonNullable<NonNullable<AppsManifestCreateArguments['manifest']['oauth_config']>['scopes']>['bot']>;

export interface Scope {
  /** The SDK does not know the one of agents yet. */
  readonly scope: Bot[number] | 'assistant:write';
  /** Ends “The app asks for it …”. Read by whoever reviews the app. */
  readonly because: string;
}

export const scopes: readonly Scope[] = [
  { scope: 'app_mentions:read', because: 'to hear mentions' },
  { scope: 'assistant:write', because: 'to show that it is working, with Slack’s own Stop button' },
  {
    scope: 'channels:history',
    because:
      'to hear follow-ups in threads, and to find its own posts, so that an answer whose posting Slack did not confirm is not posted twice',
  },
  { scope: 'channels:read', because: 'to know whether it is in the channel where `/impacter ask` was typed' },
  { scope: 'chat:write', because: 'to post answers' },
  { scope: 'commands', because: 'for `/impacter`' },
  { scope: 'files:read', because: 'to read attached files' },
  { scope: 'groups:history', because: 'the same as `channels:history`, in private channels that it was invited to' },
  { scope: 'groups:read', because: 'the same as `channels:read`, in private channels' },
  { scope: 'im:history', because: 'to hear direct messages' },
  { scope: 'im:read', because: 'to know a direct message from a channel' },
  { scope: 'im:write', because: 'to answer in a direct message what was asked in a channel that it is not in' },
  { scope: 'reactions:write', because: 'to mark a request with eyes at once, where Slack shows no status' },
  { scope: 'users:read', because: 'to know who is a guest or from another organization, who would otherwise spend your credits' },
];

/** As Slack writes them in addresses. */
export const scopeNames: readonly Scope['scope'][] = scopes.map(({ scope }) => scope);
