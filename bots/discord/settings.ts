import type { DiscordConfig } from '#core/contracts/env.ts';

/** What the configuration says, and what a sandbox and tests add to it. */
export interface DiscordSettings extends Omit<DiscordConfig, 'shards'> {
  /** How many connections of the gateway the servers are divided among; 1 where it is left out. */
  readonly shards?: number;
  /** Ms between two reads of a channel's history; 500 where it is left out. */
  readonly historyEveryMs?: number;
  /** Ms in which a repeated nonce is trusted to post nothing twice; 120,000 where it is left out (Discord keeps nonces “for a few minutes”). */
  readonly nonceTrustMs?: number;
  /** Hosts from which files are fetched, besides Discord's own: a sandbox has one. */
  readonly cdnHosts?: readonly string[];
  /** How long a process may hold the gateway without renewing; 15,000 ms where it is left out. */
  readonly leaseMs?: number;
}
