// A reply as components of Discord: a container for each post, whose colour says how it is meant. What an agent or a person wrote is a
// quotation.

import type { APIMessageTopLevelComponent } from 'discord-api-types/v10';
import type { Limits } from '#bots/drawing/fit.ts';
import { fit } from '#bots/drawing/fit.ts';
import { packUnits } from '#bots/drawing/pack.ts';
import { phrases, sayBytes } from '#bots/drawing/phrases.ts';
import { stepSigns, toneSigns } from '#bots/drawing/signs.ts';
import { drawTable } from '#bots/drawing/table.ts';
import type { Block, Choice, Heading, Reply, ReplyFile } from '#core/domain/messages/reply.ts';
import { never } from '#core/domain/never.ts';
import {
  besides,
  button,
  BUTTONS_IN_A_ROW,
  charactersOf,
  COMPONENTS_MOST,
  containerOf,
  countOf,
  linkButton,
  rowOf,
  URL_MOST,
  type Component,
} from './components.ts';
import { bareAddress, bold, escapeLine, escapeText } from './markdown.ts';
import { fenceTexts, proseTexts, textsOf } from './texts.ts';

export interface DiscordPost {
  readonly components: readonly APIMessageTopLevelComponent[];
  /** To be attached where they fit. */
  readonly files: readonly ReplyFile[];
}

export const limits: Limits = {
  // Discord takes 4,000 over all texts of a message; the rest is kept for what the poster adds.
  post: 3_600,
  posts: 8,
  fallback: 150,
  heading: 140,
  prose: 14_000,
  proseLines: 400,
  facts: 20,
  factLabel: 60,
  factValue: 500,
  files: 10,
  fileName: 120,
  rows: 5,
  cell: 60,
  choices: 10,
  choiceLabel: 60,
  steps: 20,
  stepTitle: 150,
};

/** Opens a form in which to go on, for servers whose messages we may not read. */
export const CONTINUE = 'more';
const DOWNLOAD = 'Download';
/** Columns of even-width text that a phone shows without a second line. */
const TABLE_WIDTH = 56;

/** `continued`: results offer “Continue”, for servers where messages are not readable for us. */
export function renderDiscord(reply: Reply, more: { readonly continued?: boolean } = {}): DiscordPost[] {
  const { blocks, fallback } = fit(more.continued === true ? withContinue(reply) : reply, limits);
  const units = blocks.flatMap(draw).filter(({ length }) => length > 0);
  const posts = packUnits(units.length > 0 ? units : [textsOf([escapeLine(fallback)])], charactersOf, {
    ...limits,
    // The container is one of them.
    blocks: COMPONENTS_MOST - 1,
    countOf,
    rest: textsOf([phrases.restLeftOut]),
  });
  const heading = blocks.find((block) => block.kind === 'heading');
  const color = colors[heading?.tone ?? 'plain'];
  const files = blocks.flatMap((block) => (block.kind === 'files' ? block.files : []));
  return posts.map((components, i) => ({
    components: [containerOf(withoutDoubles(components), color)],
    files: i === posts.length - 1 ? files : [],
  }));
}

const colors: Readonly<Record<Heading['tone'], number | null>> = { plain: null, good: 0x2e7d32, bad: 0xb3261e, wait: 0xb26a00 };

function withContinue({ fallback, blocks }: Reply): Reply {
  return {
    fallback,
    blocks: blocks.map((block) =>
      block.kind === 'choices' && block.choices.some(({ id }) => id.startsWith('good:'))
        ? { ...block, choices: [...block.choices, { id: CONTINUE, label: 'Continue', style: 'plain' }] }
        : block,
    ),
  };
}

/** Components that stay together. */
type Unit = readonly Component[];

function draw(block: Block): Unit[] {
  switch (block.kind) {
    case 'heading':
      return [textsOf([`### ${toneSigns[block.tone]} ${escapeText(block.text)}`])];
    case 'prose':
      return proseTexts(block).map((each) => [each]);
    case 'facts':
      return textsOf(block.facts.map(({ label, value }) => `${bold(label)}: ${escapeText(value)}`)).map((each) => [each]);
    case 'files':
      return block.files.map(drawFile);
    case 'choices':
      return drawChoices(block.choices);
    case 'progress':
      return textsOf(block.steps.map(({ title, state }) => `${stepSigns[state]} ${escapeText(title)}`)).map((each) => [each]);
    default:
      return never(block);
  }
}

function drawFile({ name, sizeBytes, url, preview }: ReplyFile): Unit {
  const title = `${bold(name)} · ${sayBytes(sizeBytes)}`;
  const head = url.length <= URL_MOST ? [besides(title, linkButton(DOWNLOAD, url))] : textsOf([title, bareAddress(url)]);
  if (preview === undefined) return head;
  const { head: columns, rows, notes } = drawTable(preview, TABLE_WIDTH);
  // In a fence a backslash is a backslash: nothing can be escaped, and nothing but another fence ends it.
  const table = [columns, ...rows].map((line) => line.replaceAll('`', "'"));
  return [...head, ...fenceTexts(table), ...textsOf(notes)];
}

/** Rows of buttons; an address that is too long for one is said. */
function drawChoices(choices: readonly Choice[]): Unit[] {
  const said = choices.filter(({ url }) => url !== undefined && url.length > URL_MOST);
  const pressed = choices.filter((choice) => !said.includes(choice));
  const buttons = pressed.map(({ id, label, style, url }) => (url === undefined ? button(id, label, style) : linkButton(label, url)));
  const rows: Component[] = [];
  for (let i = 0; i < buttons.length; i += BUTTONS_IN_A_ROW) rows.push(rowOf(buttons.slice(i, i + BUTTONS_IN_A_ROW)));
  return [...said.map(({ label, url }) => textsOf([`${escapeLine(label)}: ${bareAddress(url!)}`])), rows];
}

/** Discord takes no message with two buttons that send back the same. */
function withoutDoubles(components: readonly Component[]): Component[] {
  const seen = new Set<string>();
  return components.flatMap((component): Component[] => {
    if (component.type !== 1) return [component];
    const buttons = component.components.filter((each) => {
      if (!('custom_id' in each)) return true;
      if (seen.has(each.custom_id)) return false;
      seen.add(each.custom_id);
      return true;
    });
    return buttons.length === 0 ? [] : [{ ...component, components: buttons }];
  });
}
