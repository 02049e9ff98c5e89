// The words of the chat, the history and the page of a task.

import { EXAMPLE } from '#core/domain/asks/example.ts';

export const work = {
  title: 'What do you need done?',
  placeholder: `For example: ${EXAMPLE}`,
  followUp: 'Ask for more, or for something else',
  send: 'Ask',
  sending: 'Asking…',
  hintKeys: 'Enter asks, Shift and Enter begins a new line.',
  hint: 'You never pay more than the maximum shown. Failed work is free.',
  drop: 'Drop files here',
  attach: 'Attach files',
  usualNumber: 'the usual number',
  noCredits: (have: string, least: string) => `You have ${have} credits. A small request needs ${least} or more.`,
  getCredits: 'Get credits',
  empty: 'No tasks yet',
  emptyLead: 'What you and your team ask for, here or in a chat, is listed in this place.',
  nothingFound: 'Nothing found',
  nothingFoundLead: 'No task fits what you are looking for.',
  sample: 'Sample data: made up to show how a result looks. It is not real.',
  gone: 'no longer kept',
  formulasRemoved: 'Some cells could run as formulas in a spreadsheet. In this file they start with an apostrophe.',
  downloadOriginal: 'Download original',
  canceled: 'Canceled. Nothing was charged.',
  canceledWhileRunning: 'Canceled before it was done.',
  attachAgain: (names: readonly string[]) =>
    `${names.length === 1 ? 'This file is' : 'These files are'} no longer available. Attach ${names.length === 1 ? 'it' : 'them'} again: ${names.join(', ')}`,
} as const;

export const types: Readonly<Record<string, string>> = {
  'lead-generation': 'Leads',
  'email-campaign': 'Emails',
  'web-scraping': 'Web pages',
  'social-media': 'Social media',
  'content-creation': 'Texts',
  research: 'Research',
  general: 'General',
};

export const statuses: Readonly<Record<string, string>> = {
  awaiting_approval: 'Needs approval',
  pending: 'Waiting to start',
  processing: 'Working on it',
  completed: 'Done',
  failed: 'Failed',
  canceled: 'Canceled',
};
