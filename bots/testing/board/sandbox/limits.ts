// Channels that take no posts for a while, and which calls of the bot came: it is to leave such a channel alone.

export interface Call {
  readonly method: string;
  readonly channel: string;
  readonly at: string;
}

export interface ChannelLimits {
  set(channel: string, forMs: number): void;
  /** In whole seconds, as platforms say it; 0 for a channel that takes posts. */
  waitSeconds(channel: string): number;
  note(call: Omit<Call, 'at'>): void;
  calls(channel: string): readonly Call[];
}

export function channelLimits(now: () => Date): ChannelLimits {
  const untilMs = new Map<string, number>();
  const calls: Call[] = [];
  return {
    set: (channel, forMs) => void untilMs.set(channel, now().getTime() + forMs),
    waitSeconds: (channel) => Math.max(0, Math.ceil(((untilMs.get(channel) ?? 0) - now().getTime()) / 1000)),
    note: (call) => void calls.push({ ...call, at: now().toISOString() }),
    calls: (channel) => calls.filter((call) => call.channel === channel),
  };
}
