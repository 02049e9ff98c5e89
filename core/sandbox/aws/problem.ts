// An error of a service of AWS that a sandbox plays, with the status and words that AWS gives it.

export type ProblemTable = Readonly<Record<string, readonly [status: number, words: string]>>;

/** The class of the errors in this table. */
export function problemsOf<Table extends ProblemTable>(table: Table) {
  return class Problem extends Error {
    readonly code: keyof Table & string;
    readonly status: number;

    constructor(code: keyof Table & string, message = table[code]![1]) {
      super(message);
      this.name = 'Problem';
      this.code = code;
      this.status = table[code]![0];
    }
  };
}
