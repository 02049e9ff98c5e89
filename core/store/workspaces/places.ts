// Places by their refs. A name is written when it changed, and rules when somebody makes them; a place that has neither has no row.

import type pg from 'pg';
import type { TeamId, UserId, WorkspaceId } from '#core/domain/ids.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import {
  placeLimits,
  usualRules,
  wholeWorkspace,
  type NamedPlace,
  type Place,
  type PlaceAnswers,
  type PlaceKind,
  type PlaceRules,
} from '#core/domain/workspaces/place.ts';
import type { Money } from '../database/money.ts';
import { ruled, type RuledBy } from './place-audit.ts';

export interface Places {
  find(ref: string): Promise<Place | null>;
  /** Keeps what the platform tells of a place; writes nothing where that is known. */
  named(place: NamedPlace, at: Date): Promise<void>;
  /**
   * Changes rules of a place; those that are not given stay. `muted` stays too where it was changed by a word that was said after
   * `saidAt`. Who may ask where is a line in the audit log of the team that pays there, by whoever the account `by` is linked to.
   */
  rule(place: NamedPlace, rules: Partial<PlaceRules>, at: Date, saidAt: Date, by?: RuledBy): Promise<void>;
  /** Where people may ask, where their workspace is open only in listed channels: public channels with a name, and few of them. */
  openIn(platform: Platform, workspace: string): Promise<OpenIn>;
  /** The rules of the team's workspaces, and those of their channels that are known by a name: open ones first, then by name. */
  ofTeam(teamId: TeamId): Promise<ReadonlyMap<WorkspaceId, readonly Place[]>>;
  /** Changes where people may ask in a workspace of the team. False when it has no such workspace. */
  open(workspace: WorkspaceId, by: { readonly userId: UserId; readonly teamId: TeamId }, wanted: OpenWanted, at: Date): Promise<boolean>;
}

/** What a form shows of where people may ask, and what was chosen in it. */
export interface OpenWanted {
  readonly onlyListed: boolean;
  readonly direct: boolean;
  /** Refs of channels, and those of them that are open; any other channel stays as it is. */
  readonly shown: readonly string[];
  readonly open: readonly string[];
  /** Of the roles that the workspace has. */
  readonly keptRoles: readonly string[];
}

export interface OpenIn {
  readonly in: readonly string[];
  /** In direct messages with the bot, too. */
  readonly direct: boolean;
}

const COLUMNS = 'ref, platform, workspace, kind, name, private, answers, muted, guests_may_ask, roles, role_names, only_listed, open';

export function placesOver(money: Money): Places {
  return {
    async find(ref) {
      const { rows } = await money.query<Row>({ name: 'place', text: `SELECT ${COLUMNS} FROM places WHERE ref = $1` }, [ref]);
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

    rule: (place, rules, at, saidAt, by) => money.transaction((client) => rulePlace(client, place, rules, at, saidAt, by)),

    async openIn(platform, workspace) {
      const { rows } = await money.query<{ name: string | null; kind: PlaceKind }>(
        {
          text: `SELECT p.name, p.kind FROM places p WHERE p.platform = $1 AND p.workspace = $2 AND p.open
                   AND (p.kind = 'workspace' OR p.kind = 'channel' AND NOT p.private AND p.name IS NOT NULL)
                 ORDER BY p.kind = 'workspace' DESC, lower(p.name), p.ref LIMIT $3`,
        },
        [platform, workspace, placeLimits.told + 1],
      );
      const names = rows.flatMap(({ kind, name }) => (kind === 'channel' && name !== null ? [name] : []));
      return { in: names.slice(0, placeLimits.told), direct: rows.some(({ kind }) => kind === 'workspace') };
    },

    async ofTeam(teamId) {
      const { rows } = await money.query<Row & { readonly within: WorkspaceId }>(
        {
          text: `SELECT w.id AS within, p.* FROM workspaces w CROSS JOIN LATERAL (
                   SELECT ${COLUMNS} FROM places x WHERE x.platform = w.platform AND x.workspace = w.external_id
                     AND (x.kind = 'workspace' OR x.kind = 'channel' AND (x.name IS NOT NULL OR x.open))
                   ORDER BY x.kind = 'workspace' DESC, x.open DESC, lower(x.name), x.ref LIMIT $2
                 ) p WHERE w.team_id = $1 ORDER BY w.id, p.kind = 'workspace' DESC, p.open DESC, lower(p.name), p.ref`,
        },
        [teamId, placeLimits.listed + 1],
      );
      const places = new Map<WorkspaceId, Place[]>();
      for (const { within, ...row } of rows) places.set(within, [...(places.get(within) ?? []), fromSql(row)]);
      return places;
    },

    open: (id, by, wanted, at) => money.transaction((client) => open(client, id, by, wanted, at)),
  };
}

async function open(
  client: pg.PoolClient,
  id: WorkspaceId,
  by: { readonly userId: UserId; readonly teamId: TeamId },
  { onlyListed, direct, shown, open, keptRoles }: OpenWanted,
  at: Date,
): Promise<boolean> {
  const found = await client.query<{ platform: Platform; external_id: string }>(
    'SELECT platform, external_id FROM workspaces WHERE id = $1 AND team_id = $2',
    [id, by.teamId],
  );
  if (found.rows[0] === undefined) return false;
  const { platform, external_id: workspace } = found.rows[0];
  const whole = wholeWorkspace(platform, workspace);
  // The workspace comes first, so that two who change it at once go one after the other.
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM places WHERE platform = $1 AND workspace = $2 AND (ref = $3 OR kind = 'channel' AND ref = ANY ($4))
     ORDER BY ref = $3 DESC, ref FOR UPDATE`,
    [platform, workspace, whole.ref, shown],
  );
  const places = rows.map(fromSql);
  const { roles, roleNames } = places.find(({ ref }) => ref === whole.ref) ?? usualRules;
  const kept = roles.filter((role) => keptRoles.includes(role));
  const names = Object.fromEntries(Object.entries(roleNames).filter(([role]) => kept.includes(role)));
  await rulePlace(client, whole, { onlyListed, open: direct, roles: kept, roleNames: names }, at, at, by);
  for (const place of places) {
    if (place.kind !== 'channel' || place.open === open.includes(place.ref)) continue;
    await rulePlace(client, place, { open: !place.open }, at, at, by);
  }
  return true;
}

/** Part of a transaction. */
async function rulePlace(
  client: pg.PoolClient,
  place: NamedPlace,
  rules: Partial<PlaceRules>,
  at: Date,
  saidAt: Date,
  by: RuledBy | undefined,
): Promise<void> {
  const { answers, muted, guestsMayAsk, roles, roleNames, onlyListed, open } = { ...usualRules, ...rules };
  const given = (rule: keyof PlaceRules) => rules[rule] !== undefined;
  const { rows } = await client.query<Before>(
    `INSERT INTO places AS p (ref, platform, workspace, kind, name, private, changed_at, answers, muted, guests_may_ask, roles, muted_at, role_names, only_listed, open)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, CASE WHEN $13 THEN $16::timestamptz END, $17, $18, $19)
     ON CONFLICT (ref) DO UPDATE SET changed_at = excluded.changed_at,
       answers = CASE WHEN $12 THEN excluded.answers ELSE p.answers END,
       muted = CASE WHEN $13 AND coalesce(p.muted_at <= $16, true) THEN excluded.muted ELSE p.muted END,
       muted_at = greatest(p.muted_at, excluded.muted_at),
       guests_may_ask = CASE WHEN $14 THEN excluded.guests_may_ask ELSE p.guests_may_ask END,
       roles = CASE WHEN $15 THEN excluded.roles ELSE p.roles END,
       role_names = CASE WHEN $15 THEN excluded.role_names ELSE p.role_names END,
       only_listed = CASE WHEN $20 THEN excluded.only_listed ELSE p.only_listed END,
       open = CASE WHEN $21 THEN excluded.open ELSE p.open END
     RETURNING p.name, coalesce(old.only_listed, false) AS only_listed, coalesce(old.open, false) AS open, coalesce(old.roles, '{}') AS roles,
       old.guests_may_ask`,
    [
      ...columnsOf(place),
      at,
      answers,
      muted,
      guestsMayAsk,
      roles,
      ...(['answers', 'muted', 'guestsMayAsk', 'roles'] as const).map(given),
      saidAt,
      JSON.stringify(roleNames),
      onlyListed,
      open,
      ...(['onlyListed', 'open'] as const).map(given),
    ],
  );
  const { name, only_listed, guests_may_ask, ...before } = rows[0]!;
  const was = { ...before, onlyListed: only_listed, guestsMayAsk: guests_may_ask };
  await ruled(client, { ...place, name: place.name ?? name }, was, rules, at, by);
}

interface Before {
  readonly name: string | null;
  readonly only_listed: boolean;
  readonly open: boolean;
  readonly roles: string[];
  readonly guests_may_ask: boolean | null;
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
  readonly role_names: Record<string, string>;
  readonly only_listed: boolean;
  readonly open: boolean;
}

function fromSql({ workspace, guests_may_ask: guestsMayAsk, role_names: roleNames, only_listed: onlyListed, ...row }: Row): Place {
  return { ...row, workspace: workspace === '' ? null : workspace, guestsMayAsk, roleNames, onlyListed };
}
