// Who pays for what somebody asks, as the database tells it.

import { micro } from '#core/domain/credits/credits.ts';
import { thresholdOf, type Threshold } from '#core/domain/credits/threshold.ts';
import type { IdentityId, TeamId, UserId, WalletId } from '#core/domain/ids.ts';
import type { Refused } from '#core/domain/refusals/refusal.ts';
import type { Role } from '#core/domain/team/permission.ts';

export interface Payer {
  readonly teamId: TeamId;
  readonly walletId: WalletId;
  readonly userId: UserId | null;
  readonly identityId: IdentityId | null;
  readonly role: Role | null;
  /** Why nothing new begins in this team now. */
  readonly closed: Closed | null;
  /** Above which estimate this person is asked before credits are held. */
  readonly threshold: Threshold | null;
}

export type Closed = Extract<Refused, { code: 'wallet.frozen' | 'team.leaving' }>;

/** What a team and its person say about spending. */
export interface TermsRow {
  readonly frozen_at: Date | null;
  readonly deletion_at: Date | null;
  readonly team_above: string | null;
  readonly own_above: string | null;
}

export interface PayerRow extends TermsRow {
  readonly identity_id: IdentityId | null;
  readonly user_id: UserId | null;
  readonly team_id: TeamId | null;
  readonly wallet_id: WalletId | null;
  readonly role: Role | null;
}

/** null where nobody pays. */
export function payerIn({ team_id, wallet_id, user_id, identity_id, role, ...terms }: PayerRow): Payer | null {
  if (team_id === null || wallet_id === null) return null;
  return { teamId: team_id, walletId: wallet_id, userId: user_id, identityId: identity_id, role, ...termsIn(terms) };
}

export function termsIn({ team_above, own_above, ...row }: TermsRow): Pick<Payer, 'closed' | 'threshold'> {
  const credits = (amount: string | null) => (amount === null ? null : micro(amount));
  return { closed: closedBy(row), threshold: thresholdOf(credits(team_above), credits(own_above)) };
}

function closedBy({ frozen_at, deletion_at }: Pick<TermsRow, 'frozen_at' | 'deletion_at'>): Closed | null {
  if (deletion_at !== null) return { code: 'team.leaving', facts: { until: deletion_at.toISOString() } };
  return frozen_at === null ? null : { code: 'wallet.frozen', facts: {} };
}
