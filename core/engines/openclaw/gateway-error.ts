// The ways a call to a gateway can end without an answer we can use. They differ in what may be true on the other side.

import { isGatewayProtocolResponseError } from '@openclaw/gateway-client';

/**
 * `unsent`: it never left. `cut`: it left, and whether it was applied is unknown. `busy`: the gateway did not take it and will
 * later. `refused`: the gateway did not take it and will not. `ended`: not about the call at all, a run ended in an error.
 */
export type GatewayErrorKind = 'unsent' | 'cut' | 'busy' | 'refused' | 'ended';

export class GatewayError extends Error {
  readonly kind: GatewayErrorKind;
  readonly code: string | null;
  readonly retryAfterMs: number | null;

  constructor(
    kind: GatewayErrorKind,
    message: string,
    options: { code?: string; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'GatewayError';
    this.kind = kind;
    this.code = options.code ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** Nobody can connect with what we were given: a wrong token, a device that must be approved, a gateway that is too old. */
export class GatewayRefusal extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'GatewayRefusal';
  }
}

/** `left`: the request had been handed to the socket. */
export function gatewayError(error: unknown, left: boolean): GatewayError {
  if (error instanceof GatewayError) return error;
  if (isGatewayProtocolResponseError(error)) {
    const { gatewayCode: code, retryAfterMs, message } = error;
    const kind = endedRun(error.responsePayload) ? 'ended' : isBusy(error) ? 'busy' : 'refused';
    return new GatewayError(kind, message, { code, retryAfterMs, cause: error });
  }
  return new GatewayError(left ? 'cut' : 'unsent', error instanceof Error ? error.message : String(error), { cause: error });
}

// The last answer of a failed run is an error too; what tells it from a refusal is that it carries the run.
function endedRun(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && 'runId' in payload && 'status' in payload;
}

const passing = new Set(['startup-sidecars', 'gateway-restarting', 'gateway-suspending']);

function isBusy(error: { gatewayCode: string; retryable: boolean; details?: unknown }): boolean {
  if (error.gatewayCode !== 'UNAVAILABLE') return false;
  const reason = (error.details as { reason?: unknown } | null | undefined)?.reason;
  return error.retryable || (typeof reason === 'string' && passing.has(reason));
}
