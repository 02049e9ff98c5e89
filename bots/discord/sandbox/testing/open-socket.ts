// A bare connection to the gateway, which shows every frame.

import { onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { defaultToken, type DiscordSandbox } from '../server.ts';

export interface Frame {
  readonly op: number;
  readonly t: string | null;
  readonly s: number | null;
  readonly d: Readonly<Record<string, unknown>>;
}

export interface BareSocket {
  readonly frames: readonly Frame[];
  /** null while it is open. */
  readonly closed: () => number | null;
  send(op: number, d: unknown): void;
  raw(text: string): void;
  close(code: number): void;
  cut(): void;
  /** Resolves with the first event of this name, or frame of this op. */
  until(what: string | number): Promise<Frame>;
}

/** Guilds, messages of servers, direct messages; `content` besides. */
export const plainIntents = 1 | (1 << 9) | (1 << 12);
export const contentIntent = 1 << 15;

export async function openSocket({ url }: Pick<DiscordSandbox, 'url'>, path = '/gateway'): Promise<BareSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}?v=10&encoding=json`);
  const frames: Frame[] = [];
  let code: number | null = null;
  socket.on('message', (data) => frames.push(JSON.parse(String(data as Buffer)) as Frame));
  socket.on('close', (why) => (code = why));
  socket.on('error', () => undefined);
  onTestFinished(() => socket.terminate());
  const bare: BareSocket = {
    frames,
    closed: () => code,
    send: (op, d) => socket.send(JSON.stringify({ op, d })),
    raw: (text) => socket.send(text),
    close: (why) => socket.close(why),
    cut: () => socket.terminate(),
    until: (what) =>
      vi.waitFor(() => {
        const found = frames.find(({ op, t }) => (typeof what === 'string' ? t === what : op === what));
        if (found === undefined) throw new Error(`no ${what} among ${frames.map(({ op, t }) => t ?? op).join(' ')}`);
        return found;
      }),
  };
  await bare.until(10);
  return bare;
}

/** One that has identified. */
export async function openSession(
  discord: Pick<DiscordSandbox, 'url'>,
  intents = plainIntents | contentIntent,
): Promise<BareSocket & { id: string }> {
  const socket = await openSocket(discord);
  socket.send(2, identity({ intents }));
  const ready = await socket.until('READY');
  return { ...socket, id: ready.d['session_id'] as string };
}

export function identity(more: object = {}): object {
  return { token: defaultToken, intents: plainIntents, properties: { os: 'linux', browser: 'test', device: 'test' }, ...more };
}
