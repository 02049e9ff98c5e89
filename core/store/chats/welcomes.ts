// Who was welcomed on a chat platform, and who is to be.

import type { Money } from '../database/money.ts';

/** An account of a platform, in the workspace that welcomes it. */
export interface Newcomer {
  readonly platform: string;
  readonly workspace: string;
  readonly externalId: string;
}

export interface Welcomes {
  /** True for one caller at a time, until `forMs` have passed, and for nobody once it was said. */
  begin(newcomer: Newcomer, forMs: number, at: Date): Promise<boolean>;
  said(newcomer: Newcomer): Promise<void>;
}

export function welcomesOver(money: Money): Welcomes {
  return {
    async begin({ platform, workspace, externalId }, forMs, at) {
      const { rows } = await money.query(
        {
          text: `INSERT INTO chat_welcomes AS w (platform, workspace, author, due_at) VALUES ($1, $2, $3, $4::timestamptz + make_interval(secs => $5))
                 ON CONFLICT (platform, workspace, author) DO UPDATE SET due_at = excluded.due_at WHERE NOT w.said AND w.due_at <= $4
                 RETURNING 1`,
        },
        [platform, workspace, externalId, at, forMs / 1000],
      );
      return rows.length > 0;
    },

    async said({ platform, workspace, externalId }) {
      await money.query({ text: 'UPDATE chat_welcomes SET said = true WHERE platform = $1 AND workspace = $2 AND author = $3' }, [
        platform,
        workspace,
        externalId,
      ]);
    },
  };
}
