// The words of the chat, the history and the page of a task.

import { EXAMPLE } from '#core/domain/asks/example.ts';

export const work = {
  title: 'What do you need done?',
  placeholder: `For example: ${EXAMPLE}`,
  followUp: 'Ask a follow-up',
  send: 'Ask',
  sending: 'Asking…',
  hintKeys: 'Enter to send, Shift+Enter for a new line.',
  hint: 'You never pay more than the maximum shown. Failed work is free.',
  drop: 'Drop files here',
  attach: 'Attach files',
  usualNumber: 'the usual number',
  noCredits: (have: string, least: string) => `You have ${have} credits. A small request needs ${least} or more.`,
  getCredits: 'Get credits',
  askForCredits: 'Ask an owner or billing manager of your team for more.',
  viewMembers: 'View members',
  showAll: 'Show full request',
  showLess: 'Show less',
  newResult: 'New result',
  doneTitle: (title: string) => `✓ Done · ${title}`,
  empty: 'No tasks yet',
  emptyLead: 'Requests from you and your team, here or in chats, appear here.',
  nothingFound: 'Nothing found',
  nothingFoundLead: 'No task matches your search and filters.',
  sample: 'Sample data: made up to show how a result looks. It is not real.',
  gone: 'no longer kept',
  formulasRemoved: 'Some cells could run as formulas in a spreadsheet. In this file they start with an apostrophe.',
  downloadOriginal: 'Download original',
  canceled: 'Canceled. Nothing was charged.',
  canceledWhileRunning: 'Canceled while it was running.',
  attachAgain: (names: readonly string[]) =>
    `${names.length === 1 ? 'This file is' : 'These files are'} no longer available. Attach ${names.length === 1 ? 'it' : 'them'} again: ${names.join(', ')}`,
} as const;

export const types: Readonly<Record<string, string>> = {
  'lead-generation': 'Leads',
  'email-campaign': 'Emails',
  'web-scraping': 'Web pages',
  'social-media': 'Social media',
  'content-creation': 'Content',
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
