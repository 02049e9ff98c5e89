// What an interaction can be answered with first (docs, Receiving and Responding, Interaction Callback Type). The numbers are written out,
// since loading discord-api-types for its enums takes a tenth of a second of every start.

import type { InteractionResponseType, MessageFlags } from 'discord-api-types/v10';

export const MESSAGE = 4 satisfies InteractionResponseType.ChannelMessageWithSource;
export const FORM = 9 satisfies InteractionResponseType.Modal;

export const EPHEMERAL = 64 satisfies MessageFlags.Ephemeral;
const COMPONENTS = 32_768 satisfies MessageFlags.IsComponentsV2;
const NO_PREVIEWS = 4 satisfies MessageFlags.SuppressEmbeds;

/** “… is thinking”, for whoever gave the command alone. Discord takes no other flag here. */
export const DEFERRED = { type: 5, data: { flags: EPHEMERAL } } as const;
/** Nothing is to be seen. */
export const UPDATE_LATER = { type: 6 } as const;
export const PONG = { type: 1 } as const;
export const NO_SUGGESTIONS = { type: 8, data: { choices: [] } } as const;

/** A message that nobody else sees, that pings nobody and shows no preview of a link. */
export function alone(components: readonly unknown[]): object {
  return { ...filled(components), flags: EPHEMERAL | COMPONENTS | NO_PREVIEWS };
}

/** What was promised, filled in: who sees it was said with the promise, and cannot be said again. */
export function filled(components: readonly unknown[]): object {
  return {
    flags: COMPONENTS | NO_PREVIEWS,
    components,
    allowed_mentions: { parse: [] },
  };
}
