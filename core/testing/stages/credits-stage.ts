// A team with credits and a past, at any time of day, without the rest of the product: real PostgreSQL, no queue, no agents.

import { csvTables } from '#core/engines/csv/csv.ts';
import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import { credits } from '#core/domain/credits/credits.ts';
import { newId, type HoldId, type IdentityId, type TaskId, type TeamId, type UserId, type WalletId } from '#core/domain/ids.ts';
import type { Role } from '#core/domain/team/permission.ts';
import type { Core } from '#core/flows/runtime/core.ts';
import type { App } from '#core/flows/app.ts';
import { creditVerbs } from '#core/flows/credits/verbs.ts';
import { keepPaces } from '#core/flows/credits/paces.ts';
import type { HoldAnswer, LotId } from '#core/store/credits/ledger.ts';
import { openStore, type Store } from '#core/store/database/store.ts';
import { openBank, type Bank } from '../ledger/bank.ts';
import { quietLog } from '../runner/quiet-log.ts';
import type { Actor } from '#core/domain/actor.ts';

export interface CreditsStage {
  readonly bank: Bank;
  readonly store: Store;
  readonly core: Core;
  readonly app: Pick<App, 'credits'>;
  /** The time, which a test may move. */
  at: Date;
  team(amount?: number): Promise<CreditsTeam>;
  stop(): Promise<void>;
}

export interface CreditsTeam {
  readonly teamId: TeamId;
  readonly walletId: WalletId;
  readonly owner: Actor;
  /** Its Slack workspace, as channels and limits name it: `slack:T1`. */
  readonly workspace: string;
  /** Another member. */
  member(name: string, role: Role): Promise<Actor>;
  /** A chat account in a workspace of the team. */
  identity(displayName: string, linkedTo?: UserId): Promise<IdentityId>;
  grant(amount: number, more?: { expiresAt?: Date; source?: string; note?: string; actor?: string }): Promise<LotId>;
  /** A task that is over: held, and charged (0: failed). */
  did(work?: Work): Promise<TaskId>;
  /** A task that waits for its end. */
  began(work?: Work): Promise<{ taskId: TaskId; held: HoldAnswer }>;
}

export interface Work {
  readonly by?: UserId | null;
  readonly byIdentity?: IdentityId;
  readonly type?: AgentType;
  readonly platform?: string;
  readonly channel?: string;
  readonly text?: string;
  readonly held?: number;
  readonly charged?: number;
  readonly retryOf?: TaskId;
}

export async function openCreditsStage(): Promise<CreditsStage> {
  const bank = await openBank();
  const store = await openStore({ databaseUrl: bank.url, worker: 'test', leaseMs: 1_000, log: quietLog });
  const clock = { now: () => bank.at, sleep: async () => {} };
  const paces = keepPaces(store.credits.usage, clock, quietLog);
  const core = { store, clock, paces, log: quietLog, tables: csvTables } as unknown as Core;
  return {
    bank,
    store,
    core,
    app: { credits: creditVerbs(core) },
    get at() {
      return bank.at;
    },
    set at(at) {
      bank.at = at;
    },
    team: (amount = 0) => makeTeam(bank, store, amount),
    async stop() {
      await store.close();
      await bank.close();
    },
  };
}

async function makeTeam(bank: Bank, store: Store, amount: number): Promise<CreditsTeam> {
  const addUser = (name: string) => store.people.addUser({ email: `${newId()}@example.com`, name, emailVerified: true }, bank.at);
  const { userId, teamId, walletId } = await addUser('Olga Owner');
  const workspace = newId();
  await bank.query(`INSERT INTO workspaces (id, platform, external_id, team_id, name) VALUES ($1, 'slack', $2, $3, 'Acme')`, [
    workspace,
    workspace,
    teamId,
  ]);
  const actor = (id: UserId, role: Role): Actor => ({ userId: id, teamId, role, email: 'somebody@example.com' });

  const team: CreditsTeam = {
    teamId,
    walletId,
    owner: actor(userId, 'owner'),
    workspace: `slack:${workspace}`,
    async member(name, role) {
      const user = await addUser(name);
      await bank.query('INSERT INTO members (id, team_id, user_id, role) VALUES ($1, $2, $3, $4)', [newId(), teamId, user.userId, role]);
      return actor(user.userId, role);
    },
    async identity(displayName, linkedTo) {
      const id = newId<IdentityId>();
      await bank.query(
        `INSERT INTO identities (id, platform, space, external_id, display_name, user_id) VALUES ($1, 'slack', $2, $3, $4, $5)`,
        [id, workspace, id, displayName, linkedTo ?? null],
      );
      return id;
    },
    async grant(credited, { source = 'operator', ...more } = {}) {
      const lot = newId<LotId>();
      await store.ledger.credit({ key: lot, wallet: walletId, lot, type: 'grant', credits: credits(credited), source, ...more }, bank.at);
      return lot;
    },
    async did({ charged = 10, ...work } = {}) {
      const { taskId } = await team.began({ held: Math.max(charged, 1), ...work });
      await store.ledger.close({ task: taskId, charge: credits(charged) }, bank.at);
      await bank.query(`UPDATE tasks SET status = $2 WHERE id = $1`, [taskId, charged > 0 ? 'completed' : 'failed']);
      return taskId;
    },
    async began(work = {}) {
      const {
        by = work.byIdentity === undefined ? userId : null,
        byIdentity = null,
        type = 'general',
        platform = 'web',
        channel = null,
      } = work;
      const { text = 'do it', held = 10, retryOf = null } = work;
      const [taskId, conversation] = [newId<TaskId>(), newId()];
      await bank.query('INSERT INTO conversations (id, team_id, platform, address, channel, created_at) VALUES ($1, $2, $3, $4, $5, $6)', [
        conversation,
        teamId,
        platform,
        `${platform}:1`,
        channel,
        bank.at,
      ]);
      await bank.query(
        `INSERT INTO tasks (id, team_id, conversation_id, user_id, identity_id, platform, channel, type, because, request_text, status, rate_version,
           estimate_low, estimate_high, retry_of, deadline_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, 'processing', 1, 0, 0, $10, $11, $11)`,
        [taskId, teamId, conversation, by, byIdentity, platform, channel, type, text, retryOf, bank.at],
      );
      const answer = await store.ledger.hold(
        {
          hold: newId<HoldId>(),
          task: taskId,
          wallet: walletId,
          credits: credits(held),
          member: by ?? byIdentity,
          channel,
          actor: by ?? byIdentity,
        },
        bank.at,
      );
      return { taskId, held: answer };
    },
  };
  if (amount > 0) await team.grant(amount);
  return team;
}
