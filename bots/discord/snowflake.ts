// Discord's ids carry their time. They have more digits than a number can hold: compare them here, and nowhere as text.

/** Ms of 2015, from which Discord counts (docs, Reference, Snowflakes). */
const epochMs = 1_420_070_400_000n;

export function atOf(id: string): Date {
  return new Date(Number((BigInt(id) >> 22n) + epochMs));
}

/** The smallest id of this time, for reading history from it. */
export function idAt(at: Date): string {
  const ms = BigInt(at.getTime()) - epochMs;
  return String((ms < 0n ? 0n : ms) << 22n);
}

export function isOlder(a: string, b: string): boolean {
  return BigInt(a) < BigInt(b);
}

/** Which connection tells of a server; of direct messages (null) the first one does (docs, Sharding). */
export function shardOf(guild: string | null, shards: number): number {
  return guild === null ? 0 : Number((BigInt(guild) >> 22n) % BigInt(shards));
}
