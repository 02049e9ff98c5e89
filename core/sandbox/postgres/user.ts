// PostgreSQL refuses to run as root. As root we start it as somebody else, in the first of these ways that reaches both
// the program and the data: another user; a user namespace of its own or a single capability, where a folder above is
// closed to others (a home folder with mode 0700).
import { execFile, execFileSync } from 'node:child_process';
import { chown, lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How to start a program that must not be root, and whose files it then needs. */
export interface RunAs {
  readonly name: string;
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  command(program: string, args: readonly string[]): { file: string; args: string[]; options: { uid?: number; gid?: number } };
}

/** `folder` exists and is where the data will be; `home` is the data folder itself, which may not exist yet. */
export async function chooseRunAs(folder: string, home: string, program: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return asOurselves;
  const user = (await ownerAmong([home, folder, path.dirname(folder)])) ??
    userNamed('postgres') ??
    userNamed('nobody') ?? { uid: 65534, gid: 65534 };
  const failures: string[] = [];
  for (const way of [asUser(user), inNamespace(), withCapability(user)]) {
    try {
      await reach(way, folder, program);
      return way;
    } catch (error) {
      failures.push(`${way.name}: ${String((error as { stderr?: string }).stderr ?? error).trim()}`);
    }
  }
  throw new Error(
    `PostgreSQL must not run as root, and user ${user.uid} cannot reach ${folder}. ` +
      `Start as an ordinary user, or open the folders above it with chmod o+x.\n${failures.join('\n')}`,
  );
}

/** Gives a folder and all in it to whoever will run the server. The folder itself comes last: once it is theirs, all in it is. */
export async function give(where: string, runAs: RunAs): Promise<void> {
  if (!runAs.owner) return;
  const { uid, gid } = runAs.owner;
  const there = await lstat(where);
  if (there.uid === uid) return;
  if (there.isDirectory()) {
    for (const entry of await readdir(where)) await give(path.join(where, entry), runAs);
  }
  await chown(where, uid, gid);
}

const asOurselves: RunAs = { name: 'ourselves', owner: null, command: (file, args) => ({ file, args: [...args], options: {} }) };

function asUser(user: { uid: number; gid: number }): RunAs {
  return { name: `user ${user.uid}`, owner: user, command: (file, args) => ({ file, args: [...args], options: user }) };
}

// Inside, the process is `nobody` and passes PostgreSQL's check; outside it still owns what root owns.
function inNamespace(): RunAs {
  const prefix = ['--user', '--map-user=65534', '--map-group=65534', '--'];
  return {
    name: 'unshare',
    owner: { uid: 0, gid: 0 },
    command: (file, args) => ({ file: 'unshare', args: [...prefix, file, ...args], options: {} }),
  };
}

// Containers often forbid namespaces; they allow passing on the right to enter closed folders, and after the exec no other.
// The securebit lets that right count in access(2) too, which PostgreSQL asks about its own programs.
function withCapability(user: { uid: number; gid: number }): RunAs {
  const prefix = [
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    '--clear-groups',
    '--securebits=+no_setuid_fixup',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    '--',
  ];
  return { name: 'setpriv', owner: user, command: (file, args) => ({ file: 'setpriv', args: [...prefix, file, ...args], options: {} }) };
}

async function reach(way: RunAs, folder: string, program: string) {
  const { file, args, options } = way.command('/bin/sh', ['-c', 'cd "$1" && exec "$2" --version', 'sh', folder, program]);
  await run(file, args, { ...options, cwd: '/' });
}

// Data that somebody else than root made, or will have in a folder of theirs, is theirs: they can start it without root too.
async function ownerAmong(folders: readonly string[]) {
  for (const folder of folders) {
    const found = await lstat(folder).catch(() => null);
    if (found && found.uid !== 0) return { uid: found.uid, gid: found.gid };
  }
  return null;
}

function userNamed(name: string) {
  try {
    const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}
