// The same in plain text, for when Discord takes it in no better way: without pages behind buttons, whose addresses it may not like, and
// where AutoMod blocks the words, without the words.

import { cut } from '#bots/drawing/split.ts';
import { containerOf, rowOf, textOf, type Component } from '../draw/components.ts';
import { bareAddress, escapeLine } from '../draw/markdown.ts';
import { linesIn, QUOTED } from '../draw/read.ts';
import { QUOTE } from '../draw/texts.ts';
import type { Components } from './message.ts';

const TEXT_MOST = 3_600;
const blocked = 'There is an answer that cannot be shown here.';

/** What is said in its place, the fullest first. Buttons stay if they can: an approval is no use without them. */
export function plainly(components: Components, how: 'as it is' | 'without its words'): Components[] {
  const pressed = rowsOf(components);
  const texts = how === 'as it is' ? linesIn(withoutRows(components)) : [blocked];
  const text = textIn([...texts, ...linksIn(components, how)]);
  const bare = [containerOf([textOf(text)], null)];
  return pressed.length === 0 ? [bare] : [[containerOf([textOf(text), ...pressed], null)], bare];
}

function textIn(lines: readonly string[]): string {
  let text = '';
  for (const line of lines.map(lineOf)) {
    // A line is left out whole: half of one may end in the middle of an escape.
    if (text.length + line.length + 1 > TEXT_MOST) break;
    text += `${line}\n`;
  }
  return text.trim() === '' ? blocked : text.trimEnd();
}

function lineOf(line: string): string {
  // First of all: a line of somebody else's that ends in an address is no link of ours.
  if (line.startsWith(QUOTED)) return QUOTE + escapeLine(cut(line.slice(QUOTED.length), TEXT_MOST / 2));
  const [, label, url] = /^(.*): (https?:\/\/\S+)$/.exec(line) ?? [];
  return url === undefined ? escapeLine(line) : `${escapeLine(label!)}: ${bareAddress(url)}`;
}

/** Rows of what sends something back. */
function rowsOf(components: Components): Component[] {
  return inside(components).flatMap((component): Component[] => {
    if (component.type !== 1) return [];
    const buttons = component.components.filter((each) => 'custom_id' in each);
    return buttons.length === 0 ? [] : [{ ...component, components: buttons }];
  });
}

/** Addresses of buttons; those beside a text are read with it, where it is said. */
function linksIn(components: Components, how: 'as it is' | 'without its words'): string[] {
  const buttons = inside(components).flatMap((component): Component[] => {
    if (component.type === 1) return [component];
    return component.type === 9 && how !== 'as it is' && component.accessory.type === 2 ? [rowOf([component.accessory])] : [];
  });
  return linesIn(buttons).filter((line) => /: https?:\/\/\S+$/.test(line));
}

function withoutRows(components: Components): Components {
  return inside(components).filter(({ type }) => type !== 1);
}

function inside(components: Components): Component[] {
  return components.flatMap((component) => (component.type === 17 ? component.components : [component]));
}
