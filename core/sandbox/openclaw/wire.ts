// The shapes on the wire, and the refusals of a gateway.

export type Json = Readonly<Record<string, unknown>>;

export interface ErrorShape {
  readonly code: 'INVALID_REQUEST' | 'UNAVAILABLE' | 'FORBIDDEN';
  readonly message: string;
  readonly details?: Json;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
}

/** Thrown by a method, and answered as an error. */
export class Refused extends Error {
  readonly shape: ErrorShape;
  readonly payload: Json | undefined;

  constructor(shape: ErrorShape, payload?: Json) {
    super(shape.message);
    this.name = 'Refused';
    this.shape = shape;
    this.payload = payload;
  }
}

export function invalid(message: string, details?: Json): Refused {
  return new Refused({ code: 'INVALID_REQUEST', message, ...(details && { details }) });
}

export function missingScope(scope: string): Refused {
  const details = { code: 'MISSING_SCOPE', missingScope: scope, requiredScopes: [scope] };
  return new Refused({ code: 'FORBIDDEN', message: `missing scope: ${scope}`, details });
}

export function restarting(): Refused {
  return new Refused({
    code: 'UNAVAILABLE',
    message: 'gateway is restarting',
    details: { reason: 'gateway-restarting' },
    retryable: true,
    retryAfterMs: 200,
  });
}

/** One connected client. */
export interface Client {
  readonly connId: string;
  readonly deviceId: string | null;
  readonly scopes: readonly string[];
  readonly caps: readonly string[];
  readonly subscriptions: Set<string>;
  readonly dispatched: Set<string>;
  answer(id: string, answer: { payload?: Json | undefined; error?: ErrorShape }): void;
  event(event: string, payload: Json): void;
  terminate(): void;
}

export const policy = {
  maxPayload: 26_214_400,
  maxBufferedBytes: 52_428_800,
  attachments: { maxBytes: 20_000_000, maxImageBytes: 10_000_000 },
} as const;
/** What `agents.workspace.get` and `sessions.files.get` give at most. */
export const FILE_BYTES_MOST = 262_144;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
