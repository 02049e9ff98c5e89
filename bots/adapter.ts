// What a chat platform brings. The core knows it only by the first word of a thread ref and by its poster; all else stays
// in its folder. Another platform is one more folder, and one line in adapters.ts.

import type { Reply } from '#core/domain/messages/reply.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { App } from '#core/flows/app.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Fetcher } from '#core/ports/fetcher.ts';
import type { Hints } from '#core/ports/hints.ts';
import type { Gauge, PartHealth } from '#core/ports/health.ts';
import type { OpenInbox } from '#core/ports/inbox.ts';
import type { Leases } from '#core/ports/leases.ts';
import type { Log } from '#core/ports/log.ts';
import type { LoginProvider } from '#core/ports/login-provider.ts';
import type { Mount, SandboxPage } from '#core/ports/mount.ts';
import type { Budgets, Poster } from '#core/ports/poster.ts';
import type { ReplyHandles } from '#core/ports/reply-handles.ts';
import type { Shower } from '#core/ports/shower.ts';
import type { Limits } from './drawing/fit.ts';
import type { ThreadRefs } from './thread-refs.ts';

export type { Mount } from '#core/ports/mount.ts';

export interface Adapter<Settings = unknown, Part = unknown> {
  /** The first word of its thread refs. */
  readonly platform: Platform;
  /**
   * `posted`: start() gives a poster. `read-here`: people read the letters from us, each shown once by its (conversation, seq,
   * part). Must agree with core/domain/messages/platforms.ts.
   */
  readonly delivery: 'posted' | 'read-here';
  /** Its start() gives a fetcher for what people attach; without it a request with attachments is refused. */
  readonly fetchesFiles?: boolean;
  /** What a workspace has to grant its app: one that granted less is told to install it again. */
  readonly scopes?: readonly string[];
  readonly refs: ThreadRefs;
  readonly limits: Limits;
  /**
   * What is shown, post by post, in order: each within the platform's limits, with nothing in it that pings, draws markup,
   * moves a cursor, or passes for our words when it is somebody else's. Never throws; the same reply gives the same parts.
   */
  render(reply: Reply): readonly Part[];
  /** Rejects only for what an operator must mend, such as a wrong token. A platform that is down is waited for. */
  start(context: Context<Settings>): Promise<Started>;
  /**
   * Says who somebody is, so that people can log in to the portal with their account there; null where the settings lack something
   * for it. Called in every process that answers pages, whether it speaks on the platform or not: then with what it takes for this.
   */
  logIn?(settings: Partial<Settings>, needs: { readonly clock: Clock }): LoginProvider | null;
  /**
   * Plays the platform on this machine. Called where its settings are missing outside production, and start() then gets the
   * settings of the sandbox. Import what it needs inside, so that other starts do not load it.
   */
  startSandbox?(options: SandboxOptions): Promise<AdapterSandbox<Settings>>;
}

export interface SandboxOptions {
  /** A folder of its own, which need not exist yet. */
  readonly dataDir: string;
  /** Where this process will answer HTTP on this machine, without a slash at the end. Nobody answers there yet. */
  readonly url: string;
  /** Where people reach it; `url` when it is left out. */
  readonly publicUrl?: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface AdapterSandbox<Settings> {
  readonly settings: Settings;
  /** Below `/sandbox/<platform>`, where only whoever has the link of this start gets in. */
  readonly mounts: readonly Mount[];
  /** Where a person can try it. */
  readonly page?: SandboxPage;
  /** Workspaces of it that are linked to the first person's team, so that there is one where somebody pays. */
  readonly linked?: readonly LinkedByStart[];
  /** Called once its adapter has stopped. */
  stop(): Promise<void>;
}

/** A workspace, by the platform's id, under the name that people know it by. */
export interface LinkedByStart {
  readonly externalId: string;
  readonly name: string;
}

export interface Context<Settings> {
  /** What people do in a chat: say, press and type things, ask and stop, bring files, see their balance, link what they have there, and have it erased. */
  readonly app: Pick<App, 'chats' | 'files' | 'credits' | 'workspaces' | 'privacy'> & {
    /** And what the platform tells of our own posts. */
    readonly messages: Pick<App['messages'], 'heardOurs' | 'decisionShown' | 'isStream'>;
  };
  /** For calls that the platform allows rarely. */
  readonly budgets: Budgets;
  /** For telling the adapter's other processes what this one was told. */
  readonly hints: Hints;
  /** For what people do: the platform is told that it was taken once it, or what came of it, is stored. */
  readonly inbox: OpenInbox;
  /** For what one process alone may do, such as holding a connection to the platform. */
  readonly leases: Leases;
  /** For answers to one person that come later than the call that they answer. */
  readonly replyHandles: ReplyHandles;
  readonly clock: Clock;
  readonly log: Log;
  /** Where people and the platform reach us, without a slash at the end. */
  readonly publicUrl: string;
  readonly brandName: string;
  readonly settings: Settings;
}

/** What is found of a platform's settings. `mend`: the setting, or the page of the platform, that helps. */
export type Examined =
  | { readonly state: 'ok'; readonly words: string }
  | { readonly state: 'warning' | 'failing'; readonly words: string; readonly mend: string };

export interface Started {
  readonly poster?: Poster;
  /** Set where `fetchesFiles`. */
  readonly fetcher?: Fetcher;
  /** Edits what the poster posted, while work goes on. */
  readonly shower?: Shower;
  /** What the platform calls us on. A body may have 1 MB where a mount says nothing else; raw-body.ts reads it. */
  readonly mounts?: readonly Mount[];
  /** Origins of the platform to which its mounts send browsers. */
  readonly leadsTo?: readonly string[];
  /** How its connections are, from memory: each part is named by what operators know it as, “Slack socket”. */
  health?(): readonly PartHealth[];
  /** Numbers for /metrics, each named `impacter_<platform>_…`. From memory. */
  gauges?(): readonly Gauge[];
  /** Takes nothing more, and resolves when all that was begun has ended. */
  stop(): Promise<void>;
}
