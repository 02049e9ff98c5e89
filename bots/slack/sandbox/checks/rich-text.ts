// rich_text: what stands in it is shown as it is, apart from the mentions and links that it names.

import { bool, int, kinds, list, number, oneOf, shape, text, url, type Check } from './check.ts';

const style = shape({}, { bold: bool, italic: bool, strike: bool, code: bool, underline: bool });
const styled = (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}) =>
  shape(required, { ...optional, style });

const id = text(30);
const plainElements = { text: styled({ text: text(40_000) }), link: styled({ url }, { text: text(3000), unsafe: bool }) };

const element = kinds({
  ...plainElements,
  user: styled({ user_id: id }),
  usergroup: styled({ usergroup_id: id }),
  team: styled({ team_id: id }),
  channel: styled({ channel_id: id }),
  broadcast: styled({ range: oneOf('here', 'channel', 'everyone') }),
  emoji: styled({ name: text(100) }, { unicode: text(100), url }),
  date: styled({ timestamp: number, format: text(200) }, { url, fallback: text(200) }),
  color: styled({ value: text(30) }),
});

const most = 1000;
const border = oneOf(0, 1);
const section = shape({ elements: list(element, most) });

export const richText: Check = shape({
  elements: list(
    kinds({
      rich_text_section: section,
      rich_text_quote: shape({ elements: list(element, most) }, { border }),
      rich_text_preformatted: shape({ elements: list(kinds(plainElements), most) }, { border, language: text(30) }),
      rich_text_list: shape(
        { style: oneOf('bullet', 'ordered'), elements: list(kinds({ rich_text_section: section }), most) },
        { indent: int(0, 8), offset: int(0, 100_000), border },
      ),
    }),
    most,
  ),
});
