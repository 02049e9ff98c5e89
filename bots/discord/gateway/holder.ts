// Who holds the connection: of all processes one for each shard, by a lease. What it leaves is enough for the next one to go on without
// missing anything, whether it handed over, died, or was asleep and does not know yet that its time is over.

import type { Context } from '#bots/adapter.ts';
import type { DiscordSettings } from '../settings.ts';
import { keepConnected } from './connections.ts';
import type { GatewayParts, HoldGateway } from './dispatch.ts';
import { hearing } from './hearing.ts';
import { holdLease, type Holding } from './hold-lease.ts';
import { idAt, shardOf } from '../snowflake.ts';
import { readLeft, writeLeft, type Left } from './session.ts';
import type { Socket } from './socket.ts';

const LEASE_MS = 15_000;
const WRITE_EVERY_MS = 1_000;
/** The mark alone moves on all the time. */
const MARK_EVERY_MS = 30_000;
/** What a connection that is new among several catches up with: before it, there were fewer of them, and one of those had its servers. */
const FIRST_OF_SEVERAL_MS = 10 * 60_000;
/** Above this, nothing more is read until what there is has been committed. */
const PENDING_MOST = 5_000;
const PENDING_FEW = 2_500;

export const holdGateway: HoldGateway = (context, parts) => {
  const { settings } = context;
  const stopping = new AbortController();
  const shards = Array.from({ length: settings.shards ?? 1 }, (_, shard) =>
    holdShard(shard, { context, parts, stopping: stopping.signal }),
  );
  return {
    async stop() {
      stopping.abort();
      await Promise.all(shards);
    },
  };
};

interface ShardNeeds {
  readonly context: Context<DiscordSettings>;
  readonly parts: GatewayParts;
  readonly stopping: AbortSignal;
}

/** Never rejects. Resolves when it is stopped, or when Discord refuses for good. */
async function holdShard(shard: number, { context, parts, stopping }: ShardNeeds): Promise<void> {
  const { leases, clock, log, settings } = context;
  const { pulse } = parts;
  const forMs = settings.leaseMs ?? LEASE_MS;
  pulse.state(shard, 'down', 'Connecting to Discord.');
  while (!stopping.aborted) {
    const taken = await holdLease(`discord:gateway/${shard}`, { leases, clock, log, forMs }).catch((error: unknown) => {
      log.warn({ shard, error }, 'no lease for the connection to Discord; it is tried again');
      return 'away' as const;
    });
    if (taken === null) pulse.state(shard, 'elsewhere');
    if (taken === 'away') pulse.state(shard, 'down', 'The database does not answer. The bot connects once it does.');
    if (taken === null || taken === 'away') await clock.sleep(forMs / 3, stopping);
    else if ((await hold(taken.holding, leftBefore(taken.lease.state))) !== null) return;
  }

  /** What an operator has to do before it can be held again; null where there is nothing. */
  function leftBefore(state: unknown): Left {
    const left = readLeft(state);
    if (shard === 0 || left.mark !== null) return left;
    return { ...left, mark: idAt(new Date(clock.now().getTime() - FIRST_OF_SEVERAL_MS)) };
  }

  async function hold(holding: Holding, before: Left): Promise<string | null> {
    const { lost, isHeld } = holding;
    const leaving = AbortSignal.any([lost, stopping]);
    let socket: Socket | null = null;
    let asap = new AbortController();
    const ears = hearing({
      ...parts,
      context,
      shard,
      before,
      isHeld,
      leaving,
      changed: () => asap.abort(),
      waiting(events) {
        if (events >= PENDING_MOST) socket?.setReading(false);
        else if (events <= PENDING_FEW) socket?.setReading(true);
      },
    });
    const ended = new AbortController();
    const writing = writeOn();
    const refused = await keepConnected({
      ...parts,
      context,
      shard,
      hearing: ears,
      lost,
      stopping,
      opened: (opened) => (socket = opened),
    });
    await ears.end();
    ended.abort();
    await writing;
    parts.guilds.forget((guild) => shardOf(guild, settings.shards ?? 1) === shard);
    await holding.release().catch((error: unknown) => log.warn({ shard, error }, 'lease not given up; it runs out'));
    return refused;

    /** Writes down what is left whenever there is something new, and once more at the end. */
    async function writeOn(): Promise<void> {
      let [written, writtenMs] = [before, clock.now().getTime()];
      while (!lost.aborted) {
        const isEnd = ended.signal.aborted;
        const [left, nowMs] = [ears.left(), clock.now().getTime()];
        const isNew =
          left.session?.id !== written.session?.id ||
          left.session?.seq !== written.session?.seq ||
          left.dms.length !== written.dms.length ||
          left.late.length !== written.late.length;
        if (isEnd || isNew || (left.mark !== written.mark && nowMs - writtenMs >= MARK_EVERY_MS)) {
          try {
            await holding.write(writeLeft(left));
            [written, writtenMs] = [left, nowMs];
          } catch (error) {
            log.warn({ shard, error }, 'place in the events of Discord not written down; it is tried again');
          }
        }
        if (isEnd) return;
        asap = new AbortController();
        await clock.sleep(WRITE_EVERY_MS, AbortSignal.any([asap.signal, ended.signal, lost]));
      }
    }
  }
}
