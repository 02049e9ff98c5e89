// The words of the front pages.

import { EXAMPLE } from '#core/domain/asks/example.ts';

export const landing = {
  title: 'Get real work done, right from chat',
  lead: 'Ask in Slack, Discord, the web portal, or a terminal. An AI agent does the work and replies in the same thread with a summary, a preview, and a file. You see the maximum cost right away and never pay more.',
  free: (credits: number) => `${credits} free credits to start. No card needed.`,
  noFree: 'No card needed to sign up.',
  promises: [
    ['No surprise bill', 'The estimate is reserved first and never exceeded. Unused credits are returned.'],
    ['Failed work costs nothing', 'An empty, failed or lost result is free, and the thread says so.'],
    ['Exactly one answer', 'You get one answer, even when something crashes or a message is sent twice.'],
    ['Links that don’t die', 'Links work for as long as the file is kept: a year, unless your team changes it.'],
  ],
  prices: 'What it costs',
  pricesLead:
    'You pay for what is delivered, in credits. Work that can’t be counted is charged by usage, up to the maximum in your estimate.',
  places: 'Where you can ask',
  placesLead: 'Everyone in a thread sees the result. Team owners decide who can spend how much.',
  slack: ['Slack', `In a channel or in a direct message: @impacter ${EXAMPLE}.`],
  discord: ['Discord', 'In a server or a direct message, for communities that share one balance.'],
  trySandbox: 'Try the sandbox',
  portal: ['Web portal', 'A chat with all your tasks, files, and transactions.'],
} as const;

export const kinds: Readonly<Record<string, string>> = {
  'lead-generation': 'Leads',
  'email-campaign': 'Emails',
  'web-scraping': 'Web page rows',
  'social-media': 'Social media posts',
  'content-creation': 'Content',
  research: 'Research',
  general: 'Anything else',
};

export const welcome = {
  start: 'Start with one of these, or ask for something else.',
} as const;
