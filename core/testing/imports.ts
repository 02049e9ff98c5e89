// What a file imports, as its text says it.
import path from 'node:path';
import { parseSync } from 'oxc-parser';

/** `types`: nothing of it at run time. `lazily`: by import(), when it is needed. */
export type How = 'values' | 'types' | 'lazily';

interface Import {
  /** As it is written: `./task.ts`, `#core/store/files/files.ts`, `zod`. */
  readonly target: string;
  readonly how: How;
}

/** Everything that `source` imports or exports from elsewhere. Throws when it is no TypeScript. */
export function importsOf(file: string, source: string): Import[] {
  const { module, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]!.message}`);
  const how = (entries: readonly { isType: boolean }[]): How =>
    entries.length > 0 && entries.every(({ isType }) => isType) ? 'types' : 'values';
  return [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({ target: moduleRequest.value, how: how(entries) })),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap((entry) => (entry.moduleRequest ? [{ target: entry.moduleRequest.value, how: how([entry]) }] : [])),
    ),
    ...module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
      const literal = /^['"](.*)['"]$/.exec(source.slice(start, end));
      return literal ? [{ target: literal[1]!, how: 'lazily' as const }] : [];
    }),
  ];
}

/** The file of the project that `target` means in `file`; null for a package. */
export function fileOf(file: string, target: string): string | null {
  if (target.startsWith('#')) return target.slice(1);
  return target.startsWith('.') ? path.posix.join(path.posix.dirname(file), target) : null;
}
