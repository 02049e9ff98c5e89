// Platforms without settings are played by their sandboxes, where they have one: on a laptop, never in production.

import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { Adapter, Mount, SandboxOptions, StartedSandbox } from './adapter.ts';
import { adapters } from './adapters.ts';

export interface ChatSandboxes {
  /** What their adapters are started with. */
  readonly settings: Readonly<Record<Platform, unknown>>;
  readonly mounts: readonly Mount[];
  readonly pages: readonly StartedSandbox['page'][];
  stop(): Promise<void>;
}

/** When one cannot start, none stays. */
export async function startChatSandboxes(
  settings: Readonly<Record<Platform, unknown>>,
  options: SandboxOptions,
  list: readonly Adapter[] = adapters,
): Promise<ChatSandboxes> {
  const played: (readonly [Platform, StartedSandbox])[] = [];
  const stop = async () => {
    await Promise.all(played.map(([, sandbox]) => sandbox.stop()));
  };
  try {
    for (const adapter of list)
      if (adapter.startSandbox !== undefined && settings[adapter.platform] === undefined)
        played.push([adapter.platform, await adapter.startSandbox(options)]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    settings: Object.fromEntries(played.map(([platform, sandbox]) => [platform, sandbox.settings])),
    mounts: played.flatMap(([, { mounts }]) => mounts),
    pages: played.map(([, { page }]) => page),
    stop,
  };
}
