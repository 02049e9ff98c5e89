// A running product for a test: real PostgreSQL, real queue, sandboxes reached over loopback, and people to act as.

import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, onTestFinished, vi } from 'vitest';
import type { Adapter } from '#bots/adapter.ts';
import { readConfig } from '#core/contracts/env.ts';
import { credits, micro, showCredits } from '#core/domain/credits/credits.ts';
import { newId, type FileId } from '#core/domain/ids.ts';
import type { App } from '#core/flows/app.ts';
import type { Core } from '#core/flows/runtime/core.ts';
import type { TaskView } from '#core/domain/tasks/task-view.ts';
import type { AgentOutcome, Agents } from '#core/ports/agents.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { startProduct, type Product } from '#core/product/product.ts';
import { startOpenClawSandbox, type Control } from '#core/sandbox/openclaw/gateway.ts';
import { createTestDatabase } from '../runner/database.ts';
import { cheapLogins } from '../visitors/cheap-logins.ts';
import { mailboxOf, type ReceivedMail, type TestMailbox } from '../visitors/mailbox.ts';
import { quietLog } from '../runner/quiet-log.ts';
import { temporaryFolder } from '../runner/temporary-folder.ts';
import { noWire, wireTo, type Wire } from '../faults/wire.ts';
import type { Actor } from '#core/domain/actor.ts';
import type { Taken } from '#core/flows/tasks/intake.ts';
import type { AskedInChat } from './ask-in-chat.ts';
import type { GivenSettings } from '#core/contracts/config-problem.ts';
import type { ProductOptions } from '#core/product/options.ts';

export interface Stage {
  readonly product: Product;
  readonly core: Core;
  readonly app: App;
  readonly url: string;
  readonly databaseUrl: string;
  /** Where its sandboxes keep what they have. */
  readonly dataDir: string;
  /** What the agents' gateway does wrong, and how often it ran what. */
  readonly openclaw: Control;
  /** Between the product and PostgreSQL, on a stage that is `wired`. */
  readonly wire: Wire;
  /** A second process of the product on the same database, as far as PostgreSQL and the queue can tell. */
  another(settings?: GivenSettings, options?: Omit<StageOptions, 'settings'>): Promise<Product>;
  /** A person with a team of their own and this many credits. */
  person(amount?: number): Promise<Person>;
  /** What this address got, oldest first; waits until it is `least` mails. `linkIn(mail)` (mailbox.ts) is what it asks for. */
  mails(to: string, least?: number): Promise<ReceivedMail[]>;
  /** The mail service, to look at what is there now and to order trouble. */
  readonly mailbox: TestMailbox;
  stop(): Promise<void>;
}

export interface Person extends Actor {
  readonly apiKey: string;
  readonly walletId: string;
  /** Asks in a new web conversation, or in this one. */
  ask(text: string, where?: { conversation?: string; key?: string; through?: App; files?: readonly FileId[] }): Promise<Taken>;
  /** Asks, and waits until the task is over. */
  get(text: string, where?: { conversation?: string }): Promise<TaskView>;
  task(taken: Taken | AskedInChat): Promise<TaskView>;
  untilOver(taken: Taken | AskedInChat): Promise<TaskView>;
  /** What was said in a conversation, letter by letter, as one line each. */
  said(conversation: string): Promise<string[]>;
  /** The journal as people would tell it: "grant 500", "hold 100", "settle 100". */
  ledger(): Promise<string[]>;
}

export interface StageOptions {
  readonly settings?: GivenSettings;
  readonly adapters?: readonly Adapter[];
  readonly botSettings?: Readonly<Record<string, unknown>>;
  /** Whether platforms without settings are played by their sandboxes. */
  readonly chatSandboxes?: boolean;
  /** With the portal's pages. */
  readonly portal?: boolean;
  /**
   * With a wire to PostgreSQL that can be cut. What passes it costs a quarter more, so only those have it that cut it. They also
   * have the product's own patience with a database that is away; on all other stages a request waits as long as it can.
   */
  readonly wired?: boolean;
  readonly agents?: Agents;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly withCore?: (core: Core) => Core;
  readonly timings?: NonNullable<ProductOptions['timings']>;
  /** `real` where a test is about it; usually passwords cost next to nothing, and answers to strangers are not kept back. */
  readonly loginCost?: 'real';
}

/** Starts everything on free ports with a database of its own, and stops it when the test ends. */
export async function stage(options: StageOptions = {}): Promise<Stage> {
  const opened = await openStage(options);
  onTestFinished(opened.stop);
  return opened;
}

/** One for all tests of a file, where they do not get in one another's way. `timeoutMs` is for what takes long to open. */
export function forAll<T extends { stop(): Promise<void> }>(open: () => Promise<T>, timeoutMs?: number): () => T {
  let opened: T | undefined;
  beforeAll(async () => {
    opened = await open();
  }, timeoutMs);
  afterAll(async () => {
    await opened?.stop();
    // A worker keeps the modules of all its test files, and would keep with them all that they opened.
    opened = undefined;
  });
  return () => opened!;
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const database = await createTestDatabase();
  const folder = await temporaryFolder('stage');
  const openclaw = await startOpenClawSandbox({
    token: 'stage',
    dataDir: path.join(folder.path, 'openclaw'),
    faults: { pace: 'instant' },
  });
  const wire = options.wired ? await wireTo(database.url) : noWire(database.url);
  const settings: GivenSettings = {
    DATABASE_URL: wire.url,
    OPENCLAW_URL: openclaw.url,
    OPENCLAW_TOKEN: 'stage',
    DATA_DIR: folder.path,
    PORT: '0',
    // All the people of a test have mailboxes at the same few domains, and call from this machine.
    STARTING_CREDITS_DAILY_PEOPLE: '10000',
    ...options.settings,
  };
  const products: Product[] = [];
  const ended = Promise.withResolvers<AgentOutcome>();
  const start: Stage['another'] = async (others = {}, changes = {}) => {
    const { loginCost, ...asked } = { log: quietLog, ...options, ...changes };
    const given = { ...asked, timings: { ...(options.wired ? {} : busyMachine), ...asked.timings } };
    const agents = given.agents && untilEnded(given.agents, ended.promise);
    const product = await startProduct(readConfig({ ...settings, ...others }), {
      ...given,
      ...(agents && { agents }),
      loginCost: loginCost === 'real' ? undefined : cheapLogins,
    });
    products.push(product);
    return product;
  };
  const product = await start();
  const mailbox = mailboxOf(product);
  return {
    product,
    core: product.core,
    app: product.app,
    url: product.url!,
    openclaw: openclaw.control,
    databaseUrl: database.url,
    dataDir: folder.path,
    wire,
    another: start,
    person: (amount = 500) => person(product, amount),
    mailbox,
    mails: (to, least = 1) =>
      vi.waitFor(async () => {
        const mails = await mailbox.to(to);
        if (mails.length < least) throw new Error(`${to} has ${mails.length} mails, not ${least}`);
        return mails;
      }),
    async stop() {
      // Nobody waits for what still runs; left to itself, a product gives it some seconds to end.
      ended.resolve({ kind: 'detached' });
      await Promise.all(products.flatMap((each) => [each.stop(), each.core.agents.close()]));
      await openclaw.stop();
      await wire.close();
      await database.drop();
      await folder.remove();
    },
  };
}

/** All tests share a machine, and the database is not away because others keep it busy. */
export const busyMachine = { answerWithinMs: 20_000 } as const;

/** Whatever they work on is left as it stands once the stage ends. */
function untilEnded(agents: Agents, ended: Promise<AgentOutcome>): Agents {
  return { ...agents, run: (...call) => Promise.race([agents.run(...call), ended]) };
}

async function person({ core, app }: Product, amount: number): Promise<Person> {
  const email = `${randomBytes(6).toString('hex')}@example.com`;
  const { userId, teamId, walletId } = await core.store.people.addUser({ email, name: 'Ada', emailVerified: true }, core.clock.now());
  if (amount > 0)
    await core.store.ledger.credit(
      { key: `test:${walletId}`, wallet: walletId, lot: newId(), type: 'grant', credits: credits(amount), source: 'test' },
      core.clock.now(),
    );
  const { key } = await core.store.people.addApiKey(userId, teamId, 'test');
  const actor = (await core.store.people.holderOf(key))!;
  const ask: Person['ask'] = (text, where = {}) =>
    (where.through ?? app).tasks.ask({
      key: where.key ?? `test:${newId()}`,
      threadRef: `web:${where.conversation ?? newId()}`,
      newConversation: where.conversation === undefined,
      from: { kind: 'user', userId, teamId },
      text,
      files: (where.files ?? []).map((fileId) => ({ kind: 'stored', fileId })),
      at: core.clock.now(),
    });
  const task: Person['task'] = async (taken) => {
    if (taken.kind === 'refused') throw new Error(`refused: ${taken.refused.code}`);
    return app.tasks.get(actor, taken.taskId);
  };
  const untilOver: Person['untilOver'] = async (taken) => {
    if (taken.kind === 'refused') throw new Error(`refused: ${taken.refused.code}`);
    return vi.waitFor(async () => {
      const now = await task(taken);
      if (!now.over) throw new Error(`still ${now.status}`);
      return now;
    });
  };
  return {
    ...actor,
    apiKey: key,
    walletId,
    ask,
    task,
    untilOver,
    get: async (text, where) => untilOver(await ask(text, where)),
    said: async (conversation) => (await app.messages.letters(actor, conversation, 0)).map(({ reply }) => reply.fallback),
    async ledger() {
      const { rows } = await core.store.money.query<{ type: string; moved: string }>(
        {
          text: `SELECT type, abs(CASE WHEN type IN ('hold', 'release') THEN held_change ELSE credits END)::text AS moved FROM transactions WHERE wallet_id = $1 AND type <> 'open' ORDER BY seq`,
        },
        [walletId],
      );
      return rows.map((row) => `${row.type} ${showCredits(micro(row.moved))}`);
    },
  };
}
