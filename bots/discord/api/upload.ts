export interface Upload {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Buffer;
}
