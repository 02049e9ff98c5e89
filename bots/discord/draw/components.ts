// Components of Discord, made from what stands in them. The numbers are written out, since loading discord-api-types for its enums takes
// a tenth of a second of every start.

import type {
  APIActionRowComponent,
  APIButtonComponent,
  APIComponentInContainer,
  APIComponentInMessageActionRow,
  APIContainerComponent,
  APIFileComponent,
  APISectionComponent,
  APITextDisplayComponent,
} from 'discord-api-types/v10';

export type Component = APIComponentInContainer;

/** All that a message takes, however deep (docs, Components). */
export const COMPONENTS_MOST = 40;
/** Characters of all texts of a message. */
export const TEXTS_MOST = 4_000;
export const BUTTONS_IN_A_ROW = 5;
/** An address on a button. */
export const URL_MOST = 512;

export function textOf(content: string): APITextDisplayComponent {
  return { type: 10, content };
}

export function fileOf(name: string): APIFileComponent {
  return { type: 13, file: { url: `attachment://${name}` } };
}

export function linkButton(label: string, url: string): APIButtonComponent {
  return { type: 2, style: 5, label, url };
}

export function button(customId: string, label: string, style: 'plain' | 'main' | 'danger'): APIButtonComponent {
  return { type: 2, style: styles[style], label, custom_id: customId };
}

const styles = { plain: 2, main: 1, danger: 4 } as const;

export function rowOf(buttons: APIButtonComponent[]): APIActionRowComponent<APIComponentInMessageActionRow> {
  return { type: 1, components: buttons };
}

export function besides(text: string, accessory: APIButtonComponent): APISectionComponent {
  return { type: 9, components: [textOf(text)], accessory };
}

export function containerOf(components: Component[], color: number | null): APIContainerComponent {
  return { type: 17, ...(color !== null && { accent_color: color }), components };
}

/** Of this one and all in it. */
export function countOf(component: Component): number {
  if (component.type === 1) return 1 + component.components.length;
  return component.type === 9 ? 2 + component.components.length : 1;
}

/** Characters that Discord counts. */
export function charactersOf(component: Component): number {
  if (component.type === 10) return component.content.length;
  return component.type === 9 ? component.components.reduce((sum, { content }) => sum + content.length, 0) : 0;
}
