// One long-lived connection to the gateway for the whole process. The official client speaks the protocol; when and how often
// to connect is decided here, because its own pause grows to 30 s and its end after a refusal is final. A connection is made
// when somebody needs one, kept while it lasts, and what is bound to it ends with it.

import { GatewayClient } from '@openclaw/gateway-client';
import { GATEWAY_CLIENT_CAPS, GATEWAY_CLIENT_MODES, GATEWAY_CLIENT_NAMES } from '@openclaw/gateway-protocol/client-info';
import { readConnectErrorDetailCode } from '@openclaw/gateway-protocol/connect-error-details';
import type { EventFrame, HelloOk } from '@openclaw/gateway-protocol/frame-guards';
import { PROTOCOL_VERSION } from '@openclaw/gateway-protocol/version';
import { agentEventSchema, type AgentEvent } from '#core/contracts/openclaw.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { deviceProofs, type Device } from './device.ts';
import { gatewayError, GatewayError, GatewayRefusal } from './gateway-error.ts';
import { orAborted } from './or-aborted.ts';

export interface GatewayOptions {
  /** ws:// or wss://; http and https are taken for them. */
  readonly url: string;
  readonly token: string;
  readonly device: Device;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Gateway {
  /**
   * A connection that works, made if need be, however long that takes: a gateway that refuses us is waited for as one that is away is,
   * since somebody may mend that. Rejects with the signal's reason.
   */
  live(signal: AbortSignal): Promise<Live>;
  /** The same, and rejects with a GatewayRefusal where we are refused. */
  liveUnlessRefused(signal: AbortSignal): Promise<Live>;
  /** Why there is no connection, where one was tried and failed. */
  trouble(): string | null;
  close(): Promise<void>;
}

export interface Live {
  /** Changes with every start of the gateway: what it had in memory is gone then. */
  readonly bootId: string;
  readonly limits: { readonly frameBytes: number; readonly imageBytes: number };
  /** Aborts when this connection is gone. */
  readonly gone: AbortSignal;
  /** Every failure is a GatewayError. */
  request(method: string, params: object, options?: RequestOptions): Promise<unknown>;
  /** Events of one run, until the returned function is called. */
  listen(runId: string, listener: (event: AgentEvent) => void): () => void;
  /** Gives this connection up, because it does not answer. */
  drop(): void;
}

export interface RequestOptions {
  /** 10 s when left out. */
  readonly timeoutMs?: number;
  /** Waits for the second answer, without limit: whoever asks for it has a deadline of its own. */
  readonly final?: { onAccepted(reply: unknown): void };
  readonly onSent?: () => void;
}

const connectTimeoutMs = 10_000;
const requestTimeoutMs = 10_000;
const pauses = { firstMs: 200, mostMs: 5_000 };
// A gateway locks an address out for minutes after ten refused tries in one minute.
const refusalHoldsMs = 30_000;

export function createGateway(options: GatewayOptions): Gateway {
  const { clock, log } = options;
  const closing = new AbortController();
  let current: Live | null = null;
  let connecting: Promise<Live> | null = null;
  let failures = 0;
  let lastFailure: string | null = null;
  let refused: { readonly error: GatewayRefusal; readonly untilMs: number } | null = null;

  return { live, liveUnlessRefused, close, trouble: () => lastFailure };

  async function live(signal: AbortSignal): Promise<Live> {
    while (true) {
      try {
        return await liveUnlessRefused(signal);
      } catch (error) {
        if (!(error instanceof GatewayRefusal) || refused === null) throw error;
        await clock.sleep(Math.max(0, refused.untilMs - clock.now().getTime()), AbortSignal.any([signal, closing.signal]));
      }
    }
  }

  async function liveUnlessRefused(signal: AbortSignal): Promise<Live> {
    while (true) {
      signal.throwIfAborted();
      closing.signal.throwIfAborted();
      if (current) return current;
      if (refused && clock.now().getTime() < refused.untilMs) throw refused.error;
      connecting ??= connect().finally(() => (connecting = null));
      try {
        return await orAborted(connecting, signal);
      } catch (error) {
        // Anything else has passed its pause already: try again.
        if (error instanceof GatewayRefusal || signal.aborted || closing.signal.aborted) throw error;
      }
    }
  }

  async function close() {
    closing.abort(new Error('the gateway connection was closed'));
    current?.drop();
    await connecting?.catch(() => {});
  }

  async function connect(): Promise<Live> {
    if (failures > 0) await clock.sleep(pauseMs(failures), closing.signal);
    closing.signal.throwIfAborted();
    try {
      const made = await openConnection(options, closing.signal);
      current = made;
      failures = 0;
      lastFailure = null;
      refused = null;
      made.gone.addEventListener('abort', () => {
        if (current === made) current = null;
        if (!closing.signal.aborted) log.warn({ bootId: made.bootId, reason: String(made.gone.reason) }, 'agents gateway connection lost');
      });
      log.info({ bootId: made.bootId }, 'agents gateway connected');
      return made;
    } catch (error) {
      failures += 1;
      lastFailure = (error as Error).message;
      if (error instanceof GatewayRefusal) refused = { error, untilMs: clock.now().getTime() + refusalHoldsMs };
      if (failures === 1 && !closing.signal.aborted) log.warn({ reason: String(error) }, 'agents gateway cannot be reached');
      throw error;
    }
  }
}

/** Doubles from one failure to the next, spread so that many workers do not come back at the same instant. */
function pauseMs(failures: number): number {
  return Math.min(pauses.mostMs, pauses.firstMs * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);
}

async function openConnection({ url, token, device, clock }: GatewayOptions, closing: AbortSignal): Promise<Live> {
  const gone = new AbortController();
  const listeners = new Map<string, (event: AgentEvent) => void>();
  const { promise: hello, resolve, reject } = Promise.withResolvers<HelloOk>();
  const giveUp = (error: Error) => {
    reject(error);
    gone.abort(error);
    client.stop();
  };
  const client = new GatewayClient({
    url: url.replace(/^http/, 'ws'),
    token,
    clientName: GATEWAY_CLIENT_NAMES.GATEWAY_CLIENT,
    mode: GATEWAY_CLIENT_MODES.BACKEND,
    clientDisplayName: 'impacter',
    role: 'operator',
    scopes: [...scopes],
    caps: [GATEWAY_CLIENT_CAPS.TOOL_EVENTS, GATEWAY_CLIENT_CAPS.SESSION_SCOPED_EVENTS],
    minProtocol: PROTOCOL_VERSION,
    maxProtocol: PROTOCOL_VERSION,
    deviceIdentity: device,
    hostDeps: deviceProofs,
    notifyOnStartupRetry: true,
    onHelloOk: resolve,
    onConnectError: (error) => giveUp(connectError(error)),
    onClose: (code, reason, info) => giveUp(connectError(info?.connectError ?? new Error(`closed with ${code} ${reason}`.trim()))),
    onEvent: (frame) => passOn(frame, listeners),
  });

  const settled = new AbortController();
  closing.addEventListener('abort', () => giveUp(closing.reason as Error), { once: true, signal: gone.signal });
  void clock.sleep(connectTimeoutMs, settled.signal).then(() => {
    if (!settled.signal.aborted) giveUp(new GatewayError('unsent', `no connection after ${connectTimeoutMs} ms`));
  });
  try {
    client.start();
    const greeting = await hello;
    const { bootId } = greeting.server;
    if (bootId === undefined) throw new GatewayRefusal('The gateway does not tell its restarts apart. OpenClaw 2026.8 or newer is needed.');
    const lacking = scopes.filter((scope) => !greeting.auth.scopes.includes(scope));
    if (lacking.length > 0)
      throw new GatewayRefusal(
        `The gateway does not allow us ${lacking.join(' and ')}. Approve this device there: openclaw devices list, openclaw devices approve <request>.`,
      );
    return {
      bootId,
      limits: { frameBytes: greeting.policy.maxPayload, imageBytes: greeting.policy.attachments?.maxImageBytes ?? 5_000_000 },
      gone: gone.signal,
      request: (method, params, call) => request(client, clock, method, params, call),
      listen(runId, listener) {
        listeners.set(runId, listener);
        return () => void (listeners.get(runId) === listener && listeners.delete(runId));
      },
      drop: () => giveUp(new GatewayError('cut', 'the gateway did not answer')),
    };
  } catch (error) {
    giveUp(error as Error);
    throw error;
  } finally {
    settled.abort();
  }
}

const scopes = ['operator.read', 'operator.write'] as const;

// A refusal carries a code from a closed list; whatever has none (no such host, a gateway that is starting) may pass.
function connectError(error: Error): Error {
  if (error instanceof GatewayError || error instanceof GatewayRefusal) return error;
  const code = readConnectErrorDetailCode((error as { details?: unknown }).details);
  if (code !== null) return new GatewayRefusal(`The gateway refuses us: ${error.message} (${code})`, { cause: error });
  if (error.message.startsWith('SECURITY ERROR')) return new GatewayRefusal(error.message, { cause: error });
  return gatewayError(error, false);
}

async function request(client: GatewayClient, clock: Clock, method: string, params: object, call: RequestOptions = {}): Promise<unknown> {
  const timeoutMs = call.timeoutMs ?? requestTimeoutMs;
  const late = new AbortController();
  const settled = new AbortController();
  let left = false;
  if (!call.final) void clock.sleep(timeoutMs, settled.signal).then(() => !settled.signal.aborted && late.abort());
  try {
    return await client.request<unknown>(method, params, {
      // The time limit is ours: where the client has none, it watches the gateway's ticks, and so notices a dead connection.
      timeoutMs: null,
      signal: late.signal,
      ...(call.final && { expectFinal: true, onAccepted: call.final.onAccepted }),
      onSent() {
        left = true;
        call.onSent?.();
      },
    });
  } catch (error) {
    if (late.signal.aborted) throw new GatewayError(left ? 'cut' : 'unsent', `the gateway did not answer ${method} in ${timeoutMs} ms`);
    throw gatewayError(error, left);
  } finally {
    settled.abort();
  }
}

function passOn(frame: EventFrame, listeners: Map<string, (event: AgentEvent) => void>) {
  if (frame.event !== 'agent') return;
  const event = agentEventSchema.safeParse(frame.payload);
  if (event.success) listeners.get(event.data.runId)?.(event.data);
}
