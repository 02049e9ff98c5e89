import type { Kit } from '../testing/kit.ts';
import { discord } from './adapter.ts';
import { linesIn } from './draw/read.ts';
import type { DiscordPost } from './draw/render.ts';
import { startDiscordHearing } from './testing/hearing.ts';
import { discordPictures, discordStyles } from './testing/pictures.ts';
import { startDiscordStage } from './testing/stage.ts';
import { troublesIn } from './testing/troubles.ts';

export const discordKit: Kit<DiscordPost> = {
  adapter: discord,
  refs: {
    good: [
      { guild: '123456789012345678', channel: '223456789012345678', thread: '323456789012345678' },
      { guild: '123456789012345678', channel: '223456789012345678', thread: '' },
      { guild: '@me', channel: '223456789012345678', thread: '223456789012345678' },
      { guild: '@user', channel: '223456789012345678', thread: '1234567890123456789' },
    ],
    bad: [
      'discord:123456789012345678:223456789012345678',
      'discord:1:223456789012345678:',
      'discord:@you:223456789012345678:',
      'discord:123456789012345678::',
      'discord:123456789012345678:223456789012345678:x',
      `discord:${'1'.repeat(21)}:223456789012345678:`,
    ],
  },
  lines: ({ components }) => linesIn(components),
  troubles: troublesIn,
  pictures: discordPictures,
  styles: discordStyles,
  stage: startDiscordStage,
  hearing: startDiscordHearing,
};
