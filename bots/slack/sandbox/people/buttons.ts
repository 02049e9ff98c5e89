// What can be pressed below a message or on a home tab.

import { isRecord } from '../checks/check.ts';
import type { Block } from '../shapes.ts';

export interface Button {
  /** Where it stands: `1.0`, or `1.0.positive` for one of two. */
  readonly at: string;
  readonly type: 'button' | 'feedback_buttons' | 'icon_button';
  readonly blockId: string;
  readonly actionId: string;
  readonly value: string;
  readonly text: Readonly<Record<string, unknown>>;
  readonly style: 'plain' | 'main' | 'danger';
  readonly url: string | null;
}

type Element = Readonly<Record<string, unknown>>;

export function buttonsIn(blocks: readonly Block[]): Button[] {
  return blocks.flatMap((block, i) =>
    elementsOf(block).flatMap((element, k) => {
      const where = { at: `${i}.${k}`, blockId: block.block_id, actionId: wordIn(element['action_id'], `e${k}`) };
      if (element['type'] === 'button' || element['type'] === 'icon_button') return [{ ...where, ...one(element) }];
      if (element['type'] !== 'feedback_buttons') return [];
      return (['positive', 'negative'] as const).map((which) => ({
        ...where,
        ...one(element[`${which}_button`] as Element),
        at: `${where.at}.${which}`,
        type: 'feedback_buttons' as const,
      }));
    }),
  );
}

function one(element: Element): Pick<Button, 'type' | 'value' | 'text' | 'style' | 'url'> {
  const { type, value, text, style, url } = element;
  return {
    type: type === 'icon_button' ? 'icon_button' : 'button',
    value: typeof value === 'string' ? value : '',
    text: text as Element,
    style: style === 'primary' ? 'main' : style === 'danger' ? 'danger' : 'plain',
    url: typeof url === 'string' ? url : null,
  };
}

function wordIn(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function elementsOf({ type, elements, accessory }: Block): Element[] {
  if (type === 'section') return isRecord(accessory) ? [accessory] : [];
  return (type === 'actions' || type === 'context_actions') && Array.isArray(elements) ? elements.filter(isRecord) : [];
}
