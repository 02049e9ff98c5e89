/** A part that the product needs, or a platform that it speaks on. */
export interface PartHealth {
  readonly part: string;
  readonly ok: boolean;
  /** What is wrong, without secrets. */
  readonly trouble?: string;
  /** A platform: the product answers without it, so it does not make a process unready. */
  readonly isPlatform?: true;
}

export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}
