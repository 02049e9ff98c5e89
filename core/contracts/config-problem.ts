// What is wrong with a setting, and the settings as they were given.

import type { SettingName } from './settings.ts';

/** Settings as text; tests write them as a literal. */
export type GivenSettings = { readonly [Name in SettingName]?: string | undefined };

export interface Problem {
  readonly name: SettingName;
  /** "must be …" */
  readonly problem: string;
}
