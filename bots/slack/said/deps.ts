import type { Context } from '#bots/adapter.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Call } from '../api/call.ts';
import type { Orphans } from '../out/orphans.ts';
import type { Status } from '../out/status.ts';
import type { Directory } from './directory.ts';
import type { PlaceNames } from './place-names.ts';
import type { Private } from './private.ts';
import type { Rules } from './rules.ts';

/** What whoever hands on what people say needs. */
export interface SaidDeps {
  readonly app: Context<unknown>['app'];
  readonly brandName: string;
  readonly call: Call;
  readonly directory: Directory;
  readonly rules: Rules;
  readonly names: PlaceNames;
  readonly forOne: Private;
  readonly status: Status;
  readonly orphans: Orphans;
  readonly clock: Clock;
  readonly log: Log;
}
