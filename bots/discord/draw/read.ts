// What people read of components, line by line, with a mark before what is somebody else's.

import type { APIMessageTopLevelComponent } from 'discord-api-types/v10';
import type { Component } from './components.ts';
import { readMarkdown } from './markdown.ts';
import { FENCE, QUOTE } from './texts.ts';

export const QUOTED = '▌ ';
export const CODE = '│ ';

export function linesIn(components: readonly APIMessageTopLevelComponent[]): string[] {
  return components.flatMap((component) => (component.type === 17 ? component.components : [component]).flatMap(linesOf));
}

function linesOf(component: Component): string[] {
  switch (component.type) {
    case 10:
      return linesOfText(component.content);
    case 9:
      return [...component.components.flatMap(({ content }) => linesOfText(content)), ...labelOf(component.accessory)];
    case 1:
      return component.components.flatMap(labelOf);
    case 13:
      return [`[file ${component.file.url.replace('attachment://', '')}]`];
    default:
      return [];
  }
}

function linesOfText(content: string): string[] {
  let fenced = false;
  return content.split('\n').flatMap((line) => {
    if (line === FENCE) {
      fenced = !fenced;
      return [];
    }
    if (fenced) return [CODE + line];
    return [line.startsWith(QUOTE) ? QUOTED + readMarkdown(line.slice(QUOTE.length)) : readMarkdown(line.replace(/^### /, ''))];
  });
}

function labelOf(component: { readonly type: number }): string[] {
  if (component.type !== 2) return [];
  const { label = '', url } = component as { readonly label?: string; readonly url?: string };
  return [url === undefined ? `[${label}]` : `${label}: ${url}`];
}
