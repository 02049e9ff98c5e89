// The app as Slack is told of it: what it listens to, where it is called, and what it may do. docs/slack-manifest.json is made of it.

import type { AppsManifestCreateArguments } from '@slack/web-api';
import { LOGIN_PATH } from '../log-in/provider.ts';
import { scopeNames } from './scopes.ts';

type Manifest = AppsManifestCreateArguments['manifest'];
type Bot = NonNullable<NonNullable<NonNullable<Manifest['oauth_config']>['scopes']>['bot']>;
type Events = NonNullable<NonNullable<NonNullable<Manifest['settings']>['event_subscriptions']>['bot_events']>;

export const EVENTS_PATH = '/slack/events';
export const REDIRECT_PATH = '/slack/oauth_redirect';
/** The shortcut in the menu of every message. */
export const RUN = 'run_on_message';

/** Each has a listener. Slack’s own Stop is shown only to apps that subscribe to `agent_session_stopped`. */
export const botEvents = [
  'agent_session_stopped',
  'app_home_opened',
  'app_mention',
  'app_uninstalled',
  'member_joined_channel',
  'message.channels',
  'message.groups',
  'message.im',
  'tokens_revoked',
  'user_change',
] as const;

/** What Slack offers in an empty direct message: four at the most. */
export const suggestedPrompts = [
  { title: 'Find leads', message: 'Find me 25 leads in Miami' },
  { title: 'Research a market', message: 'Research the market for electric bikes in Germany' },
  { title: 'Write a blog post', message: 'Write a blog post about oat milk' },
  { title: 'Write emails', message: 'Write 5 emails to customers who have not ordered for a year' },
] as const;

/**
 * Over HTTP. Tokens do not rotate in it: an app with one SLACK_BOT_TOKEN could not go on after twelve hours. An app that workspaces
 * install may switch it on.
 */
export function manifest(publicUrl: string, brandName = 'Impacter'): Manifest {
  const name = brandName.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
  return {
    display_information: {
      name: brandName,
      description: 'Get real work done, right from chat',
      long_description:
        'Mention the app with a request, such as 25 leads in Miami. It says what the request may cost, does the work, and answers in the thread with a summary, files, and the credits that were used. Answers are written by AI and may be wrong: check what matters.',
    },
    features: {
      agent_view: {
        agent_description: 'Finds leads, researches, and writes documents and presentations, and says what each request costs.',
        suggested_prompts: [...suggestedPrompts],
      },
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: name, always_online: true },
      shortcuts: [
        {
          type: 'message',
          name: 'Run on this message',
          callback_id: RUN,
          description: 'Send this message and its files with a request',
        },
      ],
      slash_commands: [
        {
          command: '/impacter',
          url: `${publicUrl}${EVENTS_PATH}`,
          description: 'Ask for work, see credits and history, and link your account',
          usage_hint: 'ask find me 25 leads in Miami | balance | history | link | settings | privacy | help',
          should_escape: false,
        },
      ],
    },
    oauth_config: {
      redirect_urls: [`${publicUrl}${REDIRECT_PATH}`, `${publicUrl}${LOGIN_PATH}`],
      scopes: { bot: [...scopeNames] as Bot },
    },
    settings: {
      // The SDK does not know `agent_session_stopped` as an event of a manifest yet.
      event_subscriptions: { request_url: `${publicUrl}${EVENTS_PATH}`, bot_events: [...botEvents] as unknown as Events },
      interactivity: { is_enabled: true, request_url: `${publicUrl}${EVENTS_PATH}` },
      org_deploy_enabled: false,
      socket_mode_enabled: false,
      token_rotation_enabled: false,
    },
  };
}
