// Whether an edited request still asks for the same. Only what cannot change the work counts as the same: capitals, spaces and
// punctuation. A changed word may be another city, and a wrong guess would cost credits.

export function isSameWork(before: string, after: string): boolean {
  return wordsOf(before) === wordsOf(after);
}

function wordsOf(text: string): string {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}@%$€£+#]+|(?<=[\p{L}\p{N}])[.,:/_-](?=[\p{L}\p{N}])/gu)
      ?.join(' ') ?? ''
  );
}
