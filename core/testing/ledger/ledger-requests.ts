// What the functions of the ledger are asked, in numbers that can be read.

export interface HoldAsked {
  readonly n: number;
  readonly hold: string;
  readonly task: string;
  readonly wallet: string;
  readonly credits: number;
  readonly member: string | null;
  readonly channel: string | null;
}

export interface CloseAsked {
  readonly n: number;
  readonly task: string;
  readonly charge: number;
}

export interface CreditAsked {
  readonly n: number;
  readonly key: string;
  readonly wallet: string;
  readonly lot: string;
  readonly type: 'grant' | 'purchase' | 'restore';
  readonly credits: number;
  readonly source: string;
  readonly expires_at: string | null;
  readonly payment: string | null;
}

export interface ClawbackAsked {
  readonly n: number;
  readonly key: string;
  readonly wallet: string;
  readonly credits: number;
  readonly payment: string | null;
}

export type Batch =
  | { readonly kind: 'hold'; readonly requests: readonly HoldAsked[] }
  | { readonly kind: 'close'; readonly requests: readonly CloseAsked[] }
  | { readonly kind: 'credit'; readonly requests: readonly CreditAsked[] }
  | { readonly kind: 'clawback'; readonly requests: readonly ClawbackAsked[] };
