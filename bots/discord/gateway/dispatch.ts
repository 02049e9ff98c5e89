// What the gateway tells, and who takes it.

import type { Context } from '#bots/adapter.ts';
import type { Call } from '../api/call.ts';
import type { Pulse } from '../health.ts';
import type { DiscordSettings } from '../settings.ts';
import type { GuildMemory } from './guild-memory.ts';

export interface Told {
  /** null where it comes from catching up. */
  readonly seq: number | null;
  /** Told again after a resume, or found by catching up. */
  readonly isReplay: boolean;
  /** When it came, by performance.now(). */
  readonly cameMs: number;
}

/** Resolves once the outcome is committed. One that rejects is told again. */
export type Handler = (data: unknown, told: Told) => Promise<void>;

/** By the event's name (`MESSAGE_CREATE`). All others are committed at once. */
export type Dispatch = Readonly<Partial<Record<string, Handler>>>;

export interface Gateway {
  /** Lets go so that the next holder resumes, and resolves when all that was begun has ended. */
  stop(): Promise<void>;
}

export interface GatewayParts {
  readonly call: Call;
  /** Is told what the gateway says of servers and channels. */
  readonly guilds: GuildMemory;
  readonly dispatch: Dispatch;
  readonly pulse: Pulse;
  /** False for what nobody listens to: it is committed at once. Where it is left out, all that has a handler may concern us. */
  readonly concerns?: (name: string, data: unknown) => boolean;
  /** Ids of those of these messages, out of a channel's history, that need not be taken again. Where it is left out, all are. */
  readonly settled?: (messages: readonly HistoryMessage[]) => Promise<ReadonlySet<string>>;
}

/** As REST gives it; what else it holds is not looked at here. */
export interface HistoryMessage {
  readonly id: string;
}

/** Built in holder.ts. */
export type HoldGateway = (context: Context<DiscordSettings>, parts: GatewayParts) => Gateway;
