// Objects on disk. One object is one file, written beside the others and renamed into place, so it is there whole or not at
// all, also after a power cut. Its facts stand behind its bytes: [bytes][facts as JSON][length of the facts, 4 bytes].
// The file is named after the hash of the key, so no key is too long, too odd or too cunning for the file system.

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';

export interface ObjectFacts {
  readonly key: string;
  readonly sizeBytes: number;
  readonly mime: string;
  /** Lower-case hex. */
  readonly md5: string;
  /** Base64, as S3 writes it. */
  readonly crc32: string;
  /** Milliseconds since 1970. */
  readonly storedAt: number;
}

export class Objects {
  readonly #dir: string;
  readonly #incoming: string;

  private constructor(dir: string) {
    this.#dir = dir;
    // No bucket can have this name, because a bucket's begins with a letter or digit.
    this.#incoming = path.join(dir, '.incoming');
  }

  static async openIn(dir: string): Promise<Objects> {
    const objects = new Objects(dir);
    // Another process may keep its objects in the same folder, and have some on their way in, so the folder itself stays.
    await mkdir(objects.#incoming, { recursive: true, mode: 0o700 });
    const left = (await readdir(objects.#incoming)).filter(isLeftBehind);
    await Promise.all(left.map((name) => rm(path.join(objects.#incoming, name), { force: true })));
    return objects;
  }

  /** False when the bucket was there already. */
  async createBucket(bucket: string): Promise<boolean> {
    return (await mkdir(this.#bucket(bucket), { recursive: true, mode: 0o700 })) !== undefined;
  }

  async hasBucket(bucket: string): Promise<boolean> {
    return stat(this.#bucket(bucket)).then(
      (found) => found.isDirectory(),
      () => false,
    );
  }

  /** `factsOf` is asked once all bytes are there; if the bytes or it throw, nothing is stored. */
  async write(bucket: string, key: string, bytes: AsyncIterable<Buffer>, factsOf: () => Omit<ObjectFacts, 'key'>): Promise<ObjectFacts> {
    const incoming = path.join(this.#incoming, `${process.pid}.${THIS_RUN}.${randomUUID()}`);
    const file = await open(incoming, 'wx', 0o600);
    try {
      for await (const piece of bytes) await file.appendFile(piece);
      const facts: ObjectFacts = { key, ...factsOf() };
      await file.appendFile(footer(facts));
      await file.datasync();
      await file.close();
      await rename(incoming, this.#file(bucket, key));
      return facts;
    } catch (error) {
      await file.close();
      await rm(incoming, { force: true });
      throw error;
    }
  }

  async read(
    bucket: string,
    key: string,
  ): Promise<{ facts: ObjectFacts; bytes(from: number, to: number): Readable; close(): Promise<void> } | undefined> {
    const file = await openIfThere(this.#file(bucket, key));
    if (file === undefined) return undefined;
    return {
      facts: await readFacts(file),
      bytes: (from, to) => file.createReadStream({ start: from, end: to }),
      close: () => file.close(),
    };
  }

  async remove(bucket: string, key: string): Promise<void> {
    await rm(this.#file(bucket, key), { force: true });
  }

  /** In the order of their UTF-8 bytes, as S3 lists them. */
  async list(bucket: string, prefix: string): Promise<ObjectFacts[]> {
    const found: ObjectFacts[] = [];
    for (const name of await readdir(this.#bucket(bucket))) {
      const file = await openIfThere(path.join(this.#bucket(bucket), name));
      if (file === undefined) continue;
      const facts = await readFacts(file).finally(() => file.close());
      if (facts.key.startsWith(prefix)) found.push(facts);
    }
    return found.toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  #bucket(bucket: string): string {
    return path.join(this.#dir, bucket);
  }

  #file(bucket: string, key: string): string {
    return path.join(this.#bucket(bucket), createHash('sha256').update(key).digest('hex'));
  }
}

/** Tells this process from an earlier one that had the same number. */
const THIS_RUN = randomUUID();

/** True for an object that was on its way in when its process ended. */
function isLeftBehind(name: string): boolean {
  const [pid, run] = name.split('.');
  return run !== THIS_RUN && (Number(pid) === process.pid || !isAlive(Number(pid)));
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function openIfThere(name: string): Promise<FileHandle | undefined> {
  try {
    return await open(name, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function footer(facts: ObjectFacts): Buffer {
  const json = Buffer.from(JSON.stringify(facts));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([json, length]);
}

async function readFacts(file: FileHandle): Promise<ObjectFacts> {
  const { size } = await file.stat();
  const length = (await file.read({ buffer: Buffer.alloc(4), position: size - 4 })).buffer.readUInt32BE();
  const json = await file.read({ buffer: Buffer.alloc(length), position: size - 4 - length });
  return JSON.parse(json.buffer.toString()) as ObjectFacts;
}
