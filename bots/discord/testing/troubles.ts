// What Discord would do with a post that we don't want.

import type { Component } from '../draw/components.ts';
import type { DiscordPost } from '../draw/render.ts';
import { bodyOf } from '../out/message.ts';
import { checkMessage } from '../sandbox/checks/message.ts';

export function troublesIn({ components }: DiscordPost): string[] {
  const [container, ...others] = components;
  if (container?.type !== 17 || others.length > 0) return ['is not one container'];
  const all = container.components as readonly Component[];
  return [...checkMessage({ ...bodyOf(components) }), ...all.flatMap(textsIn).flatMap(troublesOfText)];
}

function textsIn(component: Component): string[] {
  if (component.type === 10) return [component.content];
  return component.type === 9 ? component.components.map(({ content }) => content) : [];
}

/** Whatever is neither escaped, nor an address, nor ours. */
function troublesOfText(content: string): string[] {
  if (content.trim() === '') return ['an empty text'];
  const [, inFence] = /^```\n([^]*)\n```$/.exec(content) ?? [];
  if (inFence !== undefined) return inFence.includes('```') ? ['a fence that ends early'] : [];
  return content.split('\n').flatMap((line) => {
    const bare = line
      .replace(/^(?:> |### )/, '')
      .replace(/\\[^0-9A-Za-z\s]/g, '')
      .replace(/^\*\*[^*]*\*\*/, '')
      .replace(/https?:\/\/[^\s<]*[^\s<.,:;"'\]]/g, '');
    const beginning = /^\s*(?:[#>+-]|\d+[.)])\s/.exec(line.replace(/^(?:> |### )/, ''));
    return [
      ...(/[*_~|`<[\]@]|:[\w+~-]+:/.exec(bare) ?? []).map((sign) => `draws ${sign}`),
      ...(beginning === null ? [] : [`begins with ${beginning[0]}`]),
    ];
  });
}
