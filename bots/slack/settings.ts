import type { SlackConfig } from '#core/contracts/env.ts';
import type { NewInstallation } from '#core/domain/workspaces/installation.ts';

/** What the configuration says, and what a sandbox adds to it. */
export interface SlackSettings extends SlackConfig {
  /** Workspaces where the app is installed already. They are kept as any other at the start. */
  readonly seeds?: readonly NewInstallation[];
  /** Ms between two reads of a workspace's history; where it is left out, what Slack allows this kind of app. */
  readonly historyEveryMs?: number;
  /** False where a Slack takes any number of edits in a workspace. */
  readonly editsAreLimited?: boolean;
}
