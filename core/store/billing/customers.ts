// Teams as customers: what Stripe calls them, and who of them buys.

import type { TeamId, UserId } from '#core/domain/ids.ts';
import type { Role } from '#core/domain/team/permission.ts';
import type { Money } from '../database/money.ts';

export interface Customers {
  /** null where Stripe knows none. */
  of(teamId: TeamId): Promise<string | null>;
  /**
   * Unless the team has one, or another team has this one. Never in the transaction of a purchase: the team's row is locked
   * against whoever asks for work, and they have its wallet.
   */
  keep(teamId: TeamId, customerId: string): Promise<void>;
  /** The service does not know this customer any more. Nothing happens where the team has another one by now. */
  forget(teamId: TeamId, customerId: string): Promise<void>;
  /** Of teams that were erased, for whoever deletes them: each is out of sight for a while, the longer the more often it was tried. */
  claimErased(at: Date, most: number): Promise<{ customerId: string; askedAt: Date }[]>;
  deleted(customerId: string): Promise<void>;
  /** Owners and billing members who want emails of this kind. */
  wantMail(teamId: TeamId, kind: string): Promise<{ userId: UserId; email: string }[]>;
  /** Names of members with one of these roles, owners first. */
  named(teamId: TeamId, roles: readonly Role[], most: number): Promise<string[]>;
}

export function customersOver(money: Money): Customers {
  return {
    async of(teamId) {
      const { rows } = await money.query<{ id: string | null }>({ text: 'SELECT stripe_customer_id AS id FROM teams WHERE id = $1' }, [
        teamId,
      ]);
      return rows[0]?.id ?? null;
    },

    async keep(teamId, customerId) {
      await money.query(
        {
          text: `UPDATE teams SET stripe_customer_id = $2 WHERE id = $1 AND stripe_customer_id IS NULL AND erased_at IS NULL
                   AND NOT EXISTS (SELECT FROM teams o WHERE o.stripe_customer_id = $2)`,
        },
        [teamId, customerId],
      );
    },

    async forget(teamId, customerId) {
      await money.query({ text: 'UPDATE teams SET stripe_customer_id = NULL WHERE id = $1 AND stripe_customer_id = $2' }, [
        teamId,
        customerId,
      ]);
    },

    async claimErased(at, most) {
      const { rows } = await money.query<{ customer_id: string; asked_at: Date }>(
        {
          text: `UPDATE erased_customers c SET tries = c.tries + 1, next_at = $1::timestamptz + least(interval '1 day', interval '5 minutes' * 2 ^ least(c.tries, 10))
                 FROM (SELECT customer_id FROM erased_customers WHERE next_at <= $1 ORDER BY next_at, customer_id LIMIT $2 FOR UPDATE SKIP LOCKED) due
                 WHERE c.customer_id = due.customer_id RETURNING c.customer_id, c.asked_at`,
        },
        [at, most],
      );
      return rows.map(({ customer_id: customerId, asked_at: askedAt }) => ({ customerId, askedAt }));
    },

    async deleted(customerId) {
      await money.query({ text: 'DELETE FROM erased_customers WHERE customer_id = $1' }, [customerId]);
    },

    async wantMail(teamId, kind) {
      const { rows } = await money.query<{ user_id: UserId; email: string }>(
        {
          text: `SELECT m.user_id, u.email FROM members m JOIN users u ON u.id = m.user_id
                 WHERE m.team_id = $1 AND m.role IN ('owner', 'billing') AND $2 <> ALL (u.unwanted_mails) ORDER BY m.created_at, m.id`,
        },
        [teamId, kind],
      );
      return rows.map(({ user_id: userId, email }) => ({ userId, email }));
    },

    async named(teamId, roles, most) {
      const { rows } = await money.query<{ name: string }>(
        {
          text: `SELECT coalesce(nullif(u.name, ''), split_part(u.email, '@', 1)) AS name FROM members m JOIN users u ON u.id = m.user_id
                 WHERE m.team_id = $1 AND m.role = ANY ($2) ORDER BY array_position($2, m.role), m.created_at, m.id LIMIT $3`,
        },
        [teamId, roles, most],
      );
      return rows.map(({ name }) => name);
    },
  };
}
