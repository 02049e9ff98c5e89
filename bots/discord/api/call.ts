// One call to Discord's REST API. Nothing is tried again in here, and nothing waits in a queue: whoever calls decides.

import type { Clock } from '#core/ports/clock.ts';
import type { Budgets } from '#core/ports/poster.ts';
import type { Pulse } from '../health.ts';
import type { DiscordSettings } from '../settings.ts';
import type { Upload } from './upload.ts';

export interface Asked {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/v10`, beginning with a slash. */
  readonly path: string;
  readonly body?: object;
  readonly files?: readonly Upload[];
  /** As `interaction` the path holds a token: neither it nor what Discord says to it is logged. It counts toward no ceiling. */
  readonly as?: 'bot' | 'interaction';
}

/** Gives the body of the answer, null for an empty one. Rejects with DiscordNo or DiscordAway, and nothing else. */
export type Call = (asked: Asked, signal: AbortSignal) => Promise<unknown>;

/** Discord refused. */
export class DiscordNo extends Error {
  readonly status: number;
  /** Discord's own code (docs, Opcodes and Status Codes, JSON); 0 where it gave none. */
  readonly code: number;
  readonly retryAfterMs: number | null;
  readonly scope: 'user' | 'global' | 'shared' | null;

  constructor(
    message: string,
    {
      status,
      code,
      retryAfterMs = null,
      scope = null,
    }: Pick<DiscordNo, 'status' | 'code'> & Partial<Pick<DiscordNo, 'retryAfterMs' | 'scope'>>,
  ) {
    super(message);
    this.name = 'DiscordNo';
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.scope = scope;
  }
}

/** Discord did not answer, or not in its own words. */
export class DiscordAway extends Error {
  /** It never reached Discord. */
  readonly surelyNotDone: boolean;

  constructor(message: string, surelyNotDone: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DiscordAway';
    this.surelyNotDone = surelyNotDone;
  }
}

export interface CallNeeds {
  readonly budgets: Budgets;
  readonly clock: Clock;
  readonly pulse: Pulse;
}

export declare function discordCalls(settings: Pick<DiscordSettings, 'token' | 'apiUrl'>, needs: CallNeeds): Call;
