// A reply as components of Discord.

import type { APIMessageTopLevelComponent } from 'discord-api-types/v10';
import type { Limits } from '#bots/drawing/fit.ts';
import type { Reply, ReplyFile } from '#core/domain/messages/reply.ts';

export interface DiscordPost {
  readonly components: readonly APIMessageTopLevelComponent[];
  /** To be attached where they fit. */
  readonly files: readonly ReplyFile[];
}

export declare const limits: Limits;

/** `continued`: results offer “Continue”, for servers where messages are not readable for us. */
export declare function renderDiscord(reply: Reply, more?: { readonly continued: boolean }): DiscordPost[];
