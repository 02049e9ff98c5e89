// Composition objects: texts, options and the question that a button may ask first.

import { bool, kinds, list, oneOf, shape, text, url, type Check } from './check.ts';

export function plain(most: number): Check {
  return kinds({ plain_text: shape({ text: text(most) }, { emoji: bool }) });
}

export function mrkdwn(most: number): Check {
  return kinds({ mrkdwn: shape({ text: text(most) }, { verbatim: bool }) });
}

/** One or the other. */
export function words(most: number): Check {
  return kinds({
    plain_text: shape({ text: text(most) }, { emoji: bool }),
    mrkdwn: shape({ text: text(most) }, { verbatim: bool }),
  });
}

export const colorScheme = oneOf('primary', 'danger');

export const confirm: Check = shape({ text: words(300) }, { title: plain(100), confirm: plain(30), deny: plain(30), style: colorScheme });

export const option: Check = shape({ text: words(75), value: text(150) }, { description: words(75), url });

export const optionGroup: Check = shape({ label: plain(75), options: list(option, 100) });

export const identifier = text(255);
