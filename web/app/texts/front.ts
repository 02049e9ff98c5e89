// The words of the front pages.

import { EXAMPLE } from '#core/domain/asks/example.ts';

export const landing = {
  title: 'Get real work done, right from chat',
  lead: 'Say what you need in Slack, in Discord, here or in a terminal. An AI agent does it and answers in the same thread: a summary, the first rows, a file and the bill. You see the maximum cost right away and never pay more.',
  free: (credits: number) => `${credits} free credits to start. No card needed.`,
  noFree: 'No card needed to sign up.',
  promises: [
    ['No surprise bill', 'The estimate is reserved first and never exceeded. Unused credits are returned.'],
    ['Failed work costs nothing', 'An empty, failed or lost result is free, and the thread says so.'],
    ['Exactly one answer', 'You get one answer, even when something crashes or a message is sent twice.'],
    ['Links that don’t die', 'A file is reachable for as long as it is kept: a year, unless your team says otherwise.'],
  ],
  prices: 'What it costs',
  pricesLead:
    'You pay for what is delivered, in credits. Work that can’t be counted is charged by what the agent used, up to the maximum in your estimate.',
  places: 'Where you can ask',
  placesLead: 'Everybody in a thread reads the answer. Owners of a team decide who may spend what.',
  slack: ['Slack', `In a channel or in a direct message: @impacter ${EXAMPLE}.`],
  discord: ['Discord', 'In a server or in a direct message, for communities that share one balance.'],
  trySandbox: 'Try the sandbox',
  portal: ['Here', 'A chat with every task, every file and every credit you spent.'],
} as const;

export const kinds: Readonly<Record<string, string>> = {
  'lead-generation': 'Leads',
  'email-campaign': 'Emails',
  'web-scraping': 'Rows of web pages',
  'social-media': 'Social media posts',
  'content-creation': 'Texts',
  research: 'Research',
  general: 'Anything else',
};

export const welcome = {
  start: 'Start with one of these, or with something else.',
} as const;
