// The address of a new request with words in it already, to be changed or sent.

const WORDS = 'text';

export function draftAddress(text: string): string {
  return `/dashboard?${new URLSearchParams({ [WORDS]: text }).toString()}`;
}

export function draftIn(params: URLSearchParams): string {
  return params.get(WORDS) ?? '';
}
