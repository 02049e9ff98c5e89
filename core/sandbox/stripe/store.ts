// Everything that happened, one line each in a file that only grows: what is written survives the process. A change is one
// line, so it is there as a whole or not at all. Objects are never changed in place: who has one may keep it.

import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Kind, Kinds } from './kinds.ts';
import { journalIn } from './place.ts';

type Put = readonly [kind: Kind, id: string, object: object | null];

export class Store {
  readonly #file: number;
  readonly #tables = new Map<Kind, Map<string, object>>();
  #change: { readonly puts: Put[]; readonly undo: (() => void)[] } | null = null;

  private constructor(file: number) {
    this.#file = file;
  }

  static openIn(dir: string): Store {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const name = journalIn(dir);
    const file = openSync(name, 'a+', 0o600);
    const store = new Store(file);
    const bytes = readFileSync(name);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    // A line that a dying process did not end was never answered for.
    if (whole < bytes.length) ftruncateSync(file, whole);
    for (const line of bytes.toString('utf8', 0, whole).split('\n'))
      if (line !== '') for (const [kind, id, object] of JSON.parse(line) as Put[]) store.#set(kind, id, object);
    return store;
  }

  get<K extends Kind>(kind: K, id: string | null): Kinds[K] | null {
    return id === null ? null : ((this.#tables.get(kind)?.get(id) as Kinds[K] | undefined) ?? null);
  }

  /** In the order in which they were made. */
  all<K extends Kind>(kind: K): Kinds[K][] {
    return [...(this.#tables.get(kind)?.values() ?? [])] as Kinds[K][];
  }

  /** Only within a change. Gives the object back. */
  put<K extends Kind>(kind: K, object: Kinds[K]): Kinds[K] {
    this.#write(kind, object.id, object);
    return object;
  }

  remove(kind: Kind, id: string): void {
    this.#write(kind, id, null);
  }

  /** All that `work` puts, or nothing where it throws. It must not wait for anything. Within a change it is part of that. */
  change<T>(work: () => T): T {
    if (this.#change !== null) return work();
    const change = (this.#change = { puts: [] as Put[], undo: [] as (() => void)[] });
    try {
      const result = work();
      if (change.puts.length > 0) writeSync(this.#file, `${JSON.stringify(change.puts)}\n`);
      return result;
    } catch (error) {
      for (const undo of change.undo.toReversed()) undo();
      throw error;
    } finally {
      this.#change = null;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(kind: Kind, id: string, object: object | null): void {
    if (this.#change === null) throw new Error('The sandbox changes its objects within a change only');
    const before = this.#tables.get(kind)?.get(id) ?? null;
    this.#change.puts.push([kind, id, object]);
    this.#change.undo.push(() => this.#set(kind, id, before));
    this.#set(kind, id, object);
  }

  #set(kind: Kind, id: string, object: object | null): void {
    let table = this.#tables.get(kind);
    if (table === undefined) this.#tables.set(kind, (table = new Map()));
    if (object === null) table.delete(id);
    else table.set(id, object);
  }
}
