// What is for sale in the sandbox from the start.

export type Catalog = readonly CatalogProduct[];

export interface CatalogProduct {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly prices: readonly { readonly lookupKey: string; readonly currency: string; readonly unitAmount: number }[];
}
