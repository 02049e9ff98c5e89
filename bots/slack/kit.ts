import type { RichTextElement } from '@slack/web-api';
import type { Kit } from '../testing/kit.ts';
import { slack } from './adapter.ts';
import { weightOf } from './draw/weight.ts';
import { linesIn } from './draw/read.ts';
import { DOWNLOAD, limits, type SlackPost } from './draw/render.ts';
import { startSlackHearing } from './testing/hearing.ts';
import { startSlackStage } from './testing/stage.ts';
import { slackPictures, slackStyles } from './testing/pictures.ts';

export const slackKit: Kit<SlackPost> = {
  adapter: slack,
  refs: {
    good: [
      { team: 'T012AB3CD', channel: 'C012AB3CD', thread: '1712345678.123456' },
      { team: 'T1', channel: 'D1', thread: '1.000000' },
      { team: 'E1', channel: 'G1', thread: '' },
    ],
    bad: [
      'slack:T1:C1',
      'slack:T1:C1:17',
      'slack:t1:C1:',
      'slack:T1:U1:',
      'slack::C1:',
      'slack:T1:C1:1712345678.1234567',
      `slack:T${'1'.repeat(30)}:C1:`,
    ],
  },
  lines: (part) => linesIn(part.blocks),
  troubles: ({ text, blocks }) => [
    ...(text.length > 3_900 ? [`a text of ${text.length} characters`] : []),
    ...(blocks.length > 50 ? [`${blocks.length} blocks`] : []),
    ...(blocks.reduce((sum, block) => sum + weightOf(block), 0) > limits.post ? ['too many characters'] : []),
    ...(/<[!@#]|<http/.test(text) ? ['its text pings somebody, or has a link'] : []),
    ...blocks
      .flatMap((block) => (block.type === 'rich_text' ? block.elements.flatMap((part) => part.elements as RichTextElement[]) : []))
      .flatMap(troublesIn),
  ],
  pictures: slackPictures,
  styles: slackStyles,
  stage: startSlackStage,
  hearing: startSlackHearing,
};

function troublesIn(element: RichTextElement): string[] {
  if (element.type === 'text') return element.text === '' ? ['an empty text'] : [];
  if (element.type !== 'link') return [`has a ${element.type}`];
  return element.text === DOWNLOAD ? [] : [`the link “${element.text ?? ''}” leads to ${element.url}`];
}
