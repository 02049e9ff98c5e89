// A hostile agent, as tests want it: beside its work it plants links, pipes and second names of other people's files in its
// own folder, puts a link in the place of that folder, and names whatever it likes as its results.

import { execFile } from 'node:child_process';
import { link, mkdir, rename, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

export const hostileSchema = z
  .strictObject({
    /** Named in the reply. `{folder}` stands for its own folder. */
    names: z.array(z.string().min(1).max(500)).max(100),
    /** Name in its folder → where it leads. */
    links: z.record(z.string(), z.string()),
    hardLinks: z.record(z.string(), z.string()),
    pipes: z.array(z.string()),
    /** Its whole folder becomes a link to this one. */
    becomes: z.string(),
  })
  .partial();
export type Hostile = z.infer<typeof hostileSchema>;

/** Gives what it names as results beside its own. */
export async function misbehave(workspace: string, folder: string, does: Hostile): Promise<string[]> {
  const own = path.join(workspace, folder);
  const place = async (name: string) => {
    const to = path.join(own, name);
    await mkdir(path.dirname(to), { recursive: true });
    return to;
  };
  for (const [name, target] of Object.entries(does.links ?? {})) await symlink(target, await place(name));
  for (const [name, target] of Object.entries(does.hardLinks ?? {})) await link(target, await place(name));
  for (const name of does.pipes ?? []) await promisify(execFile)('mkfifo', [await place(name)]);
  if (does.becomes !== undefined) {
    await mkdir(own, { recursive: true });
    await rename(own, `${own}-before`);
    await symlink(does.becomes, own);
  }
  return (does.names ?? []).map((name) => name.replaceAll('{folder}', folder));
}
