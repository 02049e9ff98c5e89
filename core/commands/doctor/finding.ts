// What the doctor knows, and how it says what it found.

import type pg from 'pg';
import type { Config } from '#core/contracts/env.ts';
import type { SettingName } from '#core/contracts/settings.ts';
import type { PostgresHeld } from '#core/sandbox/postgres/postgres.ts';
import type { GivenSettings, Problem } from '#core/contracts/config-problem.ts';

export type Finding =
  | { readonly state: 'ok'; readonly words: string }
  /** `mend`: the command or setting that helps. */
  | { readonly state: 'warning' | 'failing'; readonly words: string; readonly mend: string };

export interface Check {
  readonly name: string;
  /** Settings that this looks at; while one of them is wrong, it cannot. */
  readonly reads?: RegExp;
  /** Rejects where the thing itself does: that is a failing line with `mend` behind it. */
  look(patient: Patient): Promise<Finding | readonly Finding[]>;
  readonly mend: string;
}

export interface Patient {
  readonly given: GivenSettings;
  /** What is wrong with the settings. `config` is what the right ones make. */
  readonly problems: readonly (Problem & { readonly name: SettingName })[];
  readonly config: Config;
  /** The product that answers on this machine. */
  readonly product: RunningProduct | null;
  readonly database: Database;
  leave(): Promise<void>;
}

export interface RunningProduct {
  readonly url: string;
  /** What /readyz says of each part. */
  readonly parts: readonly { readonly part: string; readonly ok: boolean; readonly trouble?: string }[];
}

export type Database =
  /** `held`: by whom the embedded one is. `migrated`: our tables are there, as many as this version needs. */
  | {
      readonly state: 'open';
      readonly url: string;
      readonly client: pg.Client;
      readonly held: PostgresHeld | null;
      readonly migrated: boolean;
    }
  | { readonly state: 'away'; readonly why: string }
  /** No start has made it yet. */
  | { readonly state: 'none' };

export const ok = (words: string): Finding => ({ state: 'ok', words });
export const warning = (words: string, mend: string): Finding => ({ state: 'warning', words, mend });
export const failing = (words: string, mend: string): Finding => ({ state: 'failing', words, mend });

/** An error in words; where several addresses were tried, that of the last. */
export function because(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return because(error.errors.at(-1));
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : ` (${because(error.cause)})`;
  return `${error.message || ('code' in error ? String(error.code) : error.name)}${cause}`.split('\n', 1)[0]!;
}
