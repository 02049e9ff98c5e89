// What a stand-in remembers: tables of records, each change of which is a line of a journal.

import { openJournal } from './journal.ts';

/** Name of the table, id of the record, and the record as it is from now on. */
export type TableLine<Records> = { readonly [Name in keyof Records]: readonly [Name, string, Records[Name]] }[keyof Records];

export interface Tables<Records> {
  all<Name extends keyof Records>(table: Name): ReadonlyMap<string, Records[Name]>;
  get<Name extends keyof Records>(table: Name, id: string): Records[Name] | undefined;
  put<Name extends keyof Records>(table: Name, id: string, record: Records[Name]): void;
  /** Counts what has changed. */
  version(): number;
  /** Resolves at the next change. */
  changed(): Promise<void>;
}

/**
 * Without a file it forgets at its end. `noted` is told each record that was ever put, in order, those of the file before this
 * returns: for what is found by something else than its id.
 */
export function openTables<Records>(file: string | null, noted: (line: TableLine<Records>) => void = () => undefined): Tables<Records> {
  const journal = openJournal<TableLine<Records>>(file);
  const tables = new Map<keyof Records, Map<string, unknown>>();
  let version = 0;
  let next = Promise.withResolvers<void>();
  for (const line of journal.lines) apply(line);

  return {
    all: tableOf,
    get: (name, id) => tableOf(name).get(id),
    put(name, id, record) {
      const line = [name, id, record] as TableLine<Records>;
      journal.write(line);
      apply(line);
      version += 1;
      next.resolve();
      next = Promise.withResolvers();
    },
    version: () => version,
    changed: () => next.promise,
  };

  function tableOf<Name extends keyof Records>(name: Name): Map<string, Records[Name]> {
    if (!tables.has(name)) tables.set(name, new Map());
    return tables.get(name) as Map<string, Records[Name]>;
  }

  function apply(line: TableLine<Records>) {
    const [name, id, record] = line;
    tableOf(name).set(id, record);
    noted(line);
  }
}
