// Who alone does something now, among all processes, such as holding a gateway's connection.

export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Until when it is the holder's, unless they renew it. */
  readonly until: Date;
  /** Grows with each new holder. */
  readonly fence: number;
  /** What the holder before left, to go on from. */
  readonly state: unknown;
}

/** Which lease, and under which holder it was taken. */
export type HeldLease = Pick<Lease, 'name' | 'fence'>;

/** Leases of this process. A name begins with the platform's word: `discord:gateway/0`. Names are few and stay. */
export interface Leases {
  /** null while another process has it. Whoever has it already keeps their fence, and may take it again to renew it. */
  take(name: string, forMs: number): Promise<Lease | null>;
  /** False once it is over, also where nobody has taken it since: whoever held it stops, and takes it anew. */
  renew(lease: HeldLease, forMs: number): Promise<boolean>;
  /** Leaves something for the next holder: any JSON of at most 64 KiB. False when another process has taken it: nothing was written. */
  write(lease: HeldLease, state: unknown): Promise<boolean>;
  /** Gives it up, so that the next one need not wait. Nothing happens where another process has it. */
  release(lease: HeldLease): Promise<void>;
}
