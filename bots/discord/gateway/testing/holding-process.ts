// A process that wants to hold the connection: `node holding-process.ts <name>`. Prints the id of each message that it takes, and the words
// of its log. A message that says so keeps it busy for good.

import type { Context } from '#bots/adapter.ts';
import { openMoney } from '#core/store/database/money.ts';
import { leasesOver } from '#core/store/leases/leases.ts';
import { routesOver } from '#core/store/messages/routes.ts';
import type { Log } from '#core/ports/log.ts';
import { sharedClock } from '#core/testing/runner/shared-clock.ts';
import { discordCalls } from '../../api/call.ts';
import { discordHealth } from '../../health.ts';
import type { DiscordSettings } from '../../settings.ts';
import { guildMemory } from '../guild-memory.ts';
import { holdGateway } from '../holder.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const tell = (_facts: object, words: string) => say(`log: ${words}`);
const log: Log = { debug: tell, info: tell, warn: tell, error: tell, child: () => log };
const { DATABASE_URL = '', API_URL = '', CLOCK = '' } = process.env;
const clock = sharedClock(CLOCK);
const name = process.argv[2]!;
const money = openMoney(DATABASE_URL, log);
const [leases, routes] = [leasesOver(money), routesOver(money)];
const settings = {
  token: 'token',
  applicationId: '900000000000000001',
  apiUrl: API_URL,
  messageContent: false,
};
const context = {
  clock,
  log,
  settings,
  budgets: { take: (key, everyMs) => routes.take(key, everyMs, clock.now()) },
  leases: {
    take: (lease, forMs) => leases.take(lease, name, forMs, clock.now()),
    renew: (lease, forMs) => leases.renew(lease, forMs, clock.now()),
    write: (lease, state) => leases.write(lease, state),
    release: (lease) => leases.release(lease, clock.now()),
  },
} satisfies Partial<Context<unknown>>;
const pulse = discordHealth();
const call = discordCalls(settings, { budgets: context.budgets, clock, pulse });
holdGateway(context as unknown as Context<DiscordSettings>, {
  call,
  pulse,
  guilds: guildMemory({ call, clock, log }),
  dispatch: {
    async MESSAGE_CREATE(data) {
      say((data as { id: string }).id);
    },
  },
});
