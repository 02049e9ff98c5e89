// The mails on disk, one file each, written beside the others and renamed into place. The folder is listed anew each time:
// several processes may have a sandbox over the same one. A file that is there never changes, so it is read once.

import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface KeptMail {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** The message as it came, a character a byte. */
  readonly raw: string;
}

/** A sandbox is for looking at: what is older than the newest of these goes. */
const KEPT = 500;
const MORE_BEFORE_SOME_GO = 100;
/** What is larger is read each time, so that the memory stays small whatever is sent. */
const REMEMBERED_CHARACTERS = 100_000;

export class Box {
  readonly #dir: string;
  #kept = 0;
  #remembered = new Map<string, KeptMail>();

  private constructor(dir: string) {
    this.#dir = dir;
  }

  static async openIn(dir: string): Promise<Box> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const box = new Box(dir);
    box.#kept = (await box.#ids()).length;
    return box;
  }

  /** Gives back its id, which grows with time as SES's do. */
  async keep(mail: Omit<KeptMail, 'id' | 'at'>): Promise<string> {
    const at = new Date();
    const id = `0100${at.getTime().toString(16).padStart(12, '0')}-${randomUUID()}-000000`;
    const file = path.join(this.#dir, `${id}.json`);
    await writeFile(`${file}.new`, JSON.stringify({ id, at: at.toISOString(), ...mail } satisfies KeptMail), { mode: 0o600 });
    await rename(`${file}.new`, file);
    if (++this.#kept > KEPT + MORE_BEFORE_SOME_GO) await this.#tidy();
    return id;
  }

  async newest(most = KEPT): Promise<KeptMail[]> {
    const ids = (await this.#ids()).toSorted().reverse().slice(0, most);
    const mails = (await Promise.all(ids.map(async (id) => this.#remembered.get(id) ?? this.read(id)))).filter((mail) => mail !== null);
    // Those that are gone are forgotten with it.
    this.#remembered = new Map(mails.filter(({ raw }) => raw.length <= REMEMBERED_CHARACTERS).map((mail) => [mail.id, mail]));
    return mails;
  }

  /** null when there is none, or no more. */
  async read(id: string): Promise<KeptMail | null> {
    if (!/^[\w-]+$/.test(id)) return null;
    try {
      return JSON.parse(await readFile(path.join(this.#dir, `${id}.json`), 'utf8')) as KeptMail;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async #ids(): Promise<string[]> {
    return (await readdir(this.#dir)).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  }

  async #tidy(): Promise<void> {
    const old = (await this.#ids()).toSorted().reverse().slice(KEPT);
    await Promise.all(old.map((id) => rm(path.join(this.#dir, `${id}.json`), { force: true })));
    this.#kept = KEPT;
  }
}
