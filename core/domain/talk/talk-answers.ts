// What we say to a message that asks for no work: one sentence, and the way forward. They are refusals by their form, since
// no task comes of them, and answers by their words.

import { showCredits } from '../credits/credits.ts';
import { EXAMPLE } from '../asks/example.ts';
import { rateOf } from '../credits/rates.ts';

export const talkAnswers = {
  'ask.greeting': {
    status: 400,
    sentence: () => 'Hello, good to see you.',
    wayForward: `Say what you need, for example: ${EXAMPLE}.`,
  },
  'ask.thanks': {
    status: 400,
    sentence: () => 'You’re welcome.',
    wayForward: 'Whenever you need something else, just ask for it.',
  },
  'ask.complaint': {
    status: 400,
    sentence: () => 'Sorry that this isn’t what you needed.',
    wayForward: 'Open the task and rate its result so that we know, or ask again and say what should be different.',
    page: '/tasks',
  },
  'ask.prohibition': {
    status: 400,
    sentence: () => 'Okay, nothing was started.',
    wayForward: 'Work starts only when you ask for it. To stop a task that is running, cancel it.',
    page: '/tasks',
  },
  'ask.about-us': {
    status: 400,
    sentence: () => 'I find leads, write emails, social media posts and articles, read web pages, and do research.',
    wayForward: `Say what you need, for example: ${EXAMPLE}.`,
  },
  'ask.about-price': {
    status: 400,
    sentence: () =>
      `In credits: a lead costs ${each('lead-generation')}, an email ${each('email-campaign')}, a row from a web page ${each('web-scraping')}, a post ${each('social-media')}, an article up to ${most('content-creation')}, and research up to ${most('research')}.`,
    wayForward: 'Credits that a task does not use are returned, and failed work costs nothing.',
    page: '/credits',
  },
  'ask.about-credits': {
    status: 400,
    sentence: () => 'Your balance and every charge are on the Credits page.',
    wayForward: 'That page also says how to get credits. In the terminal, type /balance.',
    page: '/credits',
  },
  'ask.about-tasks': {
    status: 400,
    sentence: () => 'Your tasks, with their status and results, are in the history.',
    wayForward: 'Open a task to follow its progress or download its files; in the terminal prompt, type /history.',
    page: '/tasks',
  },
  'ask.about-account': {
    status: 400,
    sentence: () => 'You manage your account, your team and your data in the portal.',
    wayForward: 'Open the settings; members, API keys and data are on the Team page.',
    page: '/settings',
  },
} as const;

function each(type: 'lead-generation' | 'email-campaign' | 'web-scraping' | 'social-media'): string {
  const rate = rateOf(type);
  return rate.unit === null ? '' : showCredits(rate.perUnit);
}

function most(type: 'content-creation' | 'research'): string {
  const rate = rateOf(type);
  return rate.unit === null ? showCredits(rate.maximum) : '';
}
