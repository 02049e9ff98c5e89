import type { Context } from '#bots/adapter.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Call } from '../api/call.ts';
import type { Members } from '../said/members.ts';

export interface ServersDeps {
  readonly app: Pick<Context<unknown>['app'], 'workspaces'>;
  readonly brandName: string;
  readonly call: Call;
  readonly me: () => Promise<string>;
  readonly members: Members;
  /** Waited for before everything stops. Must not reject. */
  readonly attempt: (work: Promise<unknown>) => void;
  readonly clock: Clock;
  readonly log: Log;
}
