import { Problem } from './problem.ts';

export interface ByteRange {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
}

/** What a Range header asks of `size` bytes; undefined where S3 ignores it and gives the whole. */
export function byteRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || match[0] === 'bytes=-') return undefined;
  const [first, last] = [match[1]!, match[2]!];
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < from) return undefined;
  if (from >= size || from > to) throw new Problem('InvalidRange');
  return { from, to };
}
