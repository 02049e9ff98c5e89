// What the shared tests and the gallery need to know of a platform. Each adapter's folder has a kit.ts that gives it.

import type { Reply } from '#core/domain/messages/reply.ts';
import type { Poster } from '#core/ports/poster.ts';
import type { Shower } from '#core/ports/shower.ts';
import type { Adapter } from '../adapter.ts';
import type { Fault } from '../stand-in/faults.ts';

export interface Kit<Part = unknown> {
  readonly adapter: Omit<Adapter<never, Part>, 'startSandbox'>;
  readonly refs: {
    readonly good: readonly Readonly<Record<string, string>>[];
    readonly bad: readonly string[];
  };
  /** What people read of a post, line by line, as the platform shows it: markup resolved, marks of whose words they are kept. */
  lines(part: Part): readonly string[];
  /** What the platform would do with a post that we don't want: refuse it, ping somebody, hide where a link leads. */
  troubles(part: Part): readonly string[];
  pictures(reply: Reply): readonly Picture[];
  /** CSS that the pictures need, for light and dark. */
  readonly styles: string;
  /** A strict stand-in of the platform; left out where people read the letters from us. */
  stage?(): Promise<Stage>;
  /** The stand-in with people in it, for what comes in; left out where people read the letters from us. */
  hearing?(): Promise<HearingStage>;
  /**
   * What an adapter under construction lacks yet. Its tests are skipped, and one line says so for each part; everything else has
   * to pass, and an adapter that the product ships (adapters.ts) lacks nothing.
   */
  readonly notYet?: readonly KitPart[];
}

/** `hearing` is everything that comes in; what follows it are its parts. */
export const kitParts = ['posting', 'showing', 'hearing', 'edits', 'presses', 'forms', 'commands', 'files', 'echoes'] as const;
export type KitPart = (typeof kitParts)[number];

/** A reply as the platform shows it, for the gallery. */
export interface Picture {
  readonly title: string;
  /** HTML with everything escaped. */
  readonly html: string;
}

export interface Stage {
  readonly poster: Poster;
  /** Left out where posts cannot be edited. */
  readonly shower?: Shower;
  /** The same platform from another process, which remembers nothing of this one. */
  readonly otherPoster: Poster;
  /** Where people wait for an answer. */
  readonly thread: string;
  /** Asks for a new root. */
  readonly newThread: string;
  /** Threads that nobody will ever be able to post to, by the reason; `wholeChannel`: nor to any other in its channel. */
  readonly closed: Readonly<Record<string, { readonly thread: string; readonly wholeChannel: boolean }>>;
  /** A thread in another channel. */
  readonly elsewhere: string;
  /** The channel of this thread takes no posts for so long; left out where the platform has no limits by channel. */
  limit?(thread: string, forMs: number): Promise<void>;
  /** A thread where the platform gives no way to look; left out where there is always one. */
  readonly unsearchable?: string;
  /** The next call of the platform ends like this. */
  next(fault: Fault): Promise<void>;
  /** The next edit of a post ends like this. */
  nextEdit?(fault: Fault): Promise<void>;
  /** A person deletes a post of ours. */
  remove?(messageRef: string): Promise<void>;
  /** From now on nothing answers there, or it does again. */
  setDown(down: boolean): Promise<void>;
  /** All that people see in a thread, oldest first. */
  posts(thread: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** People who do things on the platform; the product they talk to is started by the test. */
export interface HearingStage {
  /** For the adapter. */
  readonly settings: unknown;
  /** The product answers there from now on. It is told of its own posts too, as every platform does. */
  connect(url: string): Promise<void>;
  /** As the platform names the workspace of everybody but the stranger. A team pays for what is asked there. */
  readonly workspace: string;
  /** From now on each event is told at once this many times, then again so often, and newest first. */
  tell(how: { readonly atOnce: number; readonly repeats: number; readonly reversed: boolean }): Promise<void>;
  /** Speaks to us in a thread (its ref), or begins one. */
  say(who: Who, text: string, more?: { readonly thread?: string; readonly files?: readonly AttachedFile[] }): Promise<Said>;
  /** Says something that the platform tells under two names; left out where each message has one name. */
  sayTwice?(who: Who, text: string): Promise<readonly Said[]>;
  /** Left out where messages cannot be edited. */
  edit?(who: Who, said: Said, text: string): Promise<void>;
  /** Left out where messages cannot be deleted, or nobody is told. */
  remove?(who: Who, said: Said): Promise<void>;
  /** How often the platform was not answered that what it told is taken. */
  unconfirmed(): Promise<number>;
  /** Whether a press that was not confirmed is told again. Where it is not, its person is told to try again. */
  readonly pressesAreRetold: boolean;
  press(who: Who, post: SeenPost, choice: string): Promise<void>;
  /** The form that this person was shown last, with what stands in it; null where there is none. */
  form(who: Who): Promise<Readonly<Record<string, string>> | null>;
  submit(who: Who, values: Readonly<Record<string, string>>): Promise<void>;
  /** Outside of threads. */
  command(who: Who, name: string, text: string): Promise<void>;
  /** The platform's own Stop; left out where it has none. */
  stopWork?(who: Who, thread: string): Promise<void>;
  /** The file that is fetched next is not there any more. Left out where there are no files. */
  loseFile?(): Promise<void>;
  /** Our posts in a thread that everybody sees, oldest first. */
  posts(thread: string): Promise<readonly SeenPost[]>;
  /** What this person alone is told: in a thread, or outside of threads. What opens an address reads “label: address”. */
  told(who: Who, thread: string | null): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** `stranger` administers a workspace that no team has linked. None of them has linked their account. */
export type Who = 'asker' | 'other' | 'guest' | 'outsider' | 'stranger';

export interface Said {
  /** Its thread's ref. */
  readonly thread: string;
  readonly message: string;
}

export interface SeenPost {
  readonly message: string;
  readonly text: string;
  /** What can be pressed, by the ids that we gave. */
  readonly choices: readonly string[];
}

export interface AttachedFile {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Buffer;
}
