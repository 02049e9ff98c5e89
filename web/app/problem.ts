// A no, as pages show it.

export interface Problem {
  readonly code: string;
  readonly sentence: string;
  readonly wayForward: string;
  /** A page where something can be done about it. */
  readonly page: string | null;
  readonly requestId: string;
  /** What is wrong with which field of a form. */
  readonly fields: Readonly<Record<string, string>>;
}

export function isProblem(data: unknown): data is Problem {
  return typeof data === 'object' && data !== null && 'sentence' in data && 'wayForward' in data && 'requestId' in data;
}
