import type { Reader } from './reader.ts';

/** What the whole document is made with. It needs nothing of the core, so an error page can count on it. */
export interface RootData {
  readonly brandName: string;
  readonly publicUrl: string;
  readonly reader: Reader;
  readonly nonce: string;
}
