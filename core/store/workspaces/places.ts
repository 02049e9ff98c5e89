// Places by their refs. A name is written when it changed, and rules when somebody makes them; a place that has neither has no row.

import type { Platform } from '#core/domain/messages/thread-ref.ts';
import {
  usualRules,
  type NamedPlace,
  type Place,
  type PlaceAnswers,
  type PlaceKind,
  type PlaceRules,
} from '#core/domain/workspaces/place.ts';
import type { Money } from '../database/money.ts';

export interface Places {
  find(ref: string): Promise<Place | null>;
  /** Keeps what the platform tells of a place; writes nothing where that is known. */
  named(place: NamedPlace, at: Date): Promise<void>;
  /**
   * Changes rules of a place; those that are not given stay. `muted` stays too where it was changed by a word that was said after
   * `saidAt`.
   */
  rule(place: NamedPlace, rules: Partial<PlaceRules>, at: Date, saidAt: Date): Promise<void>;
}

export function placesOver(money: Money): Places {
  return {
    async find(ref) {
      const { rows } = await money.query<Row>(
        {
          name: 'place',
          text: 'SELECT ref, platform, workspace, kind, name, private, answers, muted, guests_may_ask, roles FROM places WHERE ref = $1',
        },
        [ref],
      );
      return rows[0] ? fromSql(rows[0]) : null;
    },

    async named(place, at) {
      await money.query(
        {
          name: 'place named',
          text: `INSERT INTO places AS p (ref, platform, workspace, kind, name, private, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (ref) DO UPDATE SET kind = excluded.kind, name = excluded.name, private = excluded.private, changed_at = excluded.changed_at
                 WHERE (p.kind, p.name, p.private) IS DISTINCT FROM (excluded.kind, excluded.name, excluded.private)`,
        },
        [...columnsOf(place), at],
      );
    },

    async rule(place, rules, at, saidAt) {
      const { answers, muted, guestsMayAsk, roles } = { ...usualRules, ...rules };
      const given = (rule: keyof PlaceRules) => rules[rule] !== undefined;
      await money.query(
        {
          text: `INSERT INTO places AS p (ref, platform, workspace, kind, name, private, changed_at, answers, muted, guests_may_ask, roles, muted_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, CASE WHEN $13 THEN $16::timestamptz END)
                 ON CONFLICT (ref) DO UPDATE SET changed_at = excluded.changed_at,
                   answers = CASE WHEN $12 THEN excluded.answers ELSE p.answers END,
                   muted = CASE WHEN $13 AND coalesce(p.muted_at <= $16, true) THEN excluded.muted ELSE p.muted END,
                   muted_at = greatest(p.muted_at, excluded.muted_at),
                   guests_may_ask = CASE WHEN $14 THEN excluded.guests_may_ask ELSE p.guests_may_ask END,
                   roles = CASE WHEN $15 THEN excluded.roles ELSE p.roles END`,
        },
        [
          ...columnsOf(place),
          at,
          answers,
          muted,
          guestsMayAsk,
          roles,
          ...(['answers', 'muted', 'guestsMayAsk', 'roles'] as const).map(given),
          saidAt,
        ],
      );
    },
  };
}

function columnsOf({ ref, platform, workspace, kind, name, private: isPrivate }: NamedPlace) {
  return [ref, platform, workspace ?? '', kind, name, isPrivate];
}

interface Row {
  readonly ref: string;
  readonly platform: Platform;
  readonly workspace: string;
  readonly kind: PlaceKind;
  readonly name: string | null;
  readonly private: boolean;
  readonly answers: PlaceAnswers;
  readonly muted: boolean;
  readonly guests_may_ask: boolean | null;
  readonly roles: string[];
}

function fromSql({ workspace, guests_may_ask: guestsMayAsk, ...row }: Row): Place {
  return { ...row, workspace: workspace === '' ? null : workspace, guestsMayAsk };
}
