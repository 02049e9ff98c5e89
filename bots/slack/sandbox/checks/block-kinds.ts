// Every kind of block that Slack has for messages and views, with its limits.

import { bool, isRecord, kinds, list, oneOf, shape, text, url, type Check } from './check.ts';
import { image, inActions, inContextActions, inInput, inSection, onlyButton, onlyImage } from './elements.ts';
import { richText } from './rich-text.ts';
import { dataTable, table } from './table.ts';
import { identifier, mrkdwn, plain, words } from './texts.ts';

type Fields = Readonly<Record<string, Check>>;
const block = (required: Fields, optional: Fields = {}) => shape(required, { ...optional, block_id: identifier });
const withId =
  (check: Check): Check =>
  (value, at, note) => {
    if (!isRecord(value)) return note({ words: 'must be an object', at });
    const { block_id, ...rest } = value;
    if (block_id !== undefined) identifier(block_id, `${at}/block_id`, note);
    check(rest, at, note);
  };

const section = block({}, { text: words(3000), fields: list(words(2000), 10), accessory: inSection, expand: bool });
const taskCard = block(
  { task_id: text(255), title: text(256), status: oneOf('pending', 'in_progress', 'complete', 'error') },
  {
    details: kinds({ rich_text: richText }),
    output: kinds({ rich_text: richText }),
    sources: list(kinds({ url: shape({ url, text: text(256) }) }), 10),
  },
);

const inBoth: Fields = {
  actions: block({ elements: list(inActions, 25) }),
  context: block({
    elements: list(
      kinds({ image, plain_text: shape({ text: text(2000) }, { emoji: bool }), mrkdwn: shape({ text: text(2000) }, { verbatim: bool }) }),
      10,
    ),
  }),
  divider: block({}),
  header: block({ text: plain(150) }),
  image: withId(shape({ alt_text: text(2000, 0) }, { image_url: url, slack_file: shape({}, { id: text(30), url }), title: plain(2000) })),
  input: block({ label: plain(2000), element: inInput }, { hint: plain(2000), optional: bool, dispatch_action: bool }),
  rich_text: withId(richText),
  section: (value, at, note) => {
    section(value, at, note);
    if (isRecord(value) && value['text'] === undefined && value['fields'] === undefined)
      note({ words: 'missing required field: text', at });
  },
  video: block(
    { video_url: url, thumbnail_url: url, alt_text: text(2000), title: plain(200) },
    { title_url: url, author_name: text(50), provider_name: text(50), provider_icon_url: url, description: plain(200) },
  ),
};

const card = block(
  {},
  { hero_image: onlyImage, icon: onlyImage, title: mrkdwn(150), subtitle: mrkdwn(150), body: mrkdwn(200), actions: list(onlyButton, 5) },
);

export const inMessages = kinds({
  ...inBoth,
  alert: block({ text: words(3000) }, { level: oneOf('default', 'info', 'warning', 'error', 'success') }),
  card,
  carousel: block({ elements: list(kinds({ card }), 10) }),
  container: block(
    { child_blocks: list(kinds({ ...inBoth, table: withId(table) }), 10) },
    {
      title: plain(150),
      rich_text_title: kinds({ rich_text: withId(richText) }),
      subtitle: words(150),
      width: oneOf('narrow', 'standard', 'wide', 'full'),
      icon: onlyImage,
      is_collapsible: bool,
      default_collapsed: bool,
      has_header_divider: bool,
    },
  ),
  context_actions: block({ elements: list(inContextActions, 5) }),
  data_table: withId(dataTable),
  file: block({ source: oneOf('remote'), external_id: text(255) }),
  markdown: block({ text: text(12_000) }),
  plan: block({ title: text(256) }, { tasks: list(kinds({ task_card: taskCard }), 50) }),
  table: withId(table),
  task_card: taskCard,
});

export const inModals = kinds(inBoth);
export const inHomes = kinds(inBoth);
