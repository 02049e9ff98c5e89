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
  /** Nothing went wrong: the message asked for no work and got an answer. */
  readonly isAnswer?: boolean;
  /** The person must show once more who they are: `login.confirm`. */
  readonly confirm?: ConfirmIdentity;
}

export interface ConfirmIdentity {
  readonly email: string;
  readonly hasPassword: boolean;
  readonly twoFactor: boolean;
  readonly teamId: string;
  /** Where the form goes that it stands in for, and what was in that. */
  readonly action: string;
  readonly kept: readonly (readonly [name: string, value: string])[];
  /** Where who cancels goes. */
  readonly back: string;
  /** A login link was mailed. */
  readonly isSent: boolean;
  /** The problem tells what was wrong with what was shown. */
  readonly wrong: boolean;
}

export function isProblem(data: unknown): data is Problem {
  return typeof data === 'object' && data !== null && 'sentence' in data && 'wayForward' in data && 'requestId' in data;
}
