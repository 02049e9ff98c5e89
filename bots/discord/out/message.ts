// The body of a post. Nobody is pinged by it and no link in it gets a preview, whatever stands there.

import type { APIMessageTopLevelComponent } from 'discord-api-types/v10';
import type { Component } from '../draw/components.ts';
import { customId, marksOf } from '../nonce.ts';

/** Flags of messages (docs, Message Flags). */
const SUPPRESS_EMBEDS = 1 << 2;
export const EPHEMERAL = 1 << 6;
export const LOADING = 1 << 7;
export const SILENT = 1 << 12;
const COMPONENTS_V2 = 1 << 15;

export type Components = readonly APIMessageTopLevelComponent[];

export function bodyOf(components: Components, more: { readonly flags?: number } & Readonly<Record<string, unknown>> = {}): object {
  return { ...more, components, flags: COMPONENTS_V2 | SUPPRESS_EMBEDS | (more.flags ?? 0), allowed_mentions: { parse: [] } };
}

export interface Letter {
  readonly key: string;
  readonly part: number;
  /** What its buttons send back, besides the letter. */
  readonly idOf?: (choice: string) => string;
}

/** What its buttons send back says which letter they stand on. */
export function pressedFor(components: Components, { key, idOf = (choice) => choice }: Letter): APIMessageTopLevelComponent[] {
  return components.map((component) =>
    component.type === 17
      ? { ...component, components: component.components.map((each) => pressedWith(each, (choice) => customId(idOf(choice), key))) }
      : component,
  );
}

/** With the key of its letter in the ids of the container and of the first component in it. No other has an id. */
export function marked([container, ...others]: Components, { key, part }: Pick<Letter, 'key' | 'part'>): Components {
  if (container?.type !== 17) return container === undefined ? [] : [container, ...others];
  const [outer, inner] = marksOf(key, part);
  const [first, ...rest]: Component[] = container.components;
  return [{ ...container, id: outer, components: first === undefined ? [] : [{ ...first, id: inner }, ...rest] }, ...others];
}

/** Whether a message that Discord shows us carries the key. */
export function carries(
  components:
    | readonly {
        readonly id?: number | null | undefined;
        readonly components?: readonly { readonly id?: number | null | undefined }[] | null | undefined;
      }[]
    | null
    | undefined,
  { key, part }: Pick<Letter, 'key' | 'part'>,
): boolean {
  const [outer, inner] = marksOf(key, part);
  const [container] = components ?? [];
  return container?.id === outer && container.components?.[0]?.id === inner;
}

function pressedWith(component: Component, idOf: (choice: string) => string): Component {
  if (component.type !== 1) return component;
  return {
    ...component,
    components: component.components.map((each) => ('custom_id' in each ? { ...each, custom_id: idOf(each.custom_id) } : each)),
  };
}
