// What is in a file, as it arrives at a page.

/** Hands on the text in pieces until `take` has enough and answers false. Rejects where the file does not come. */
export async function readFile(address: string, signal: AbortSignal, take: (piece: string) => boolean): Promise<void> {
  const answer = await fetch(address, { signal });
  // Whoever is not logged in any more is led to a page, which is not the file.
  if (!answer.ok || answer.redirected || answer.body === null) throw new Error(`the file answered ${answer.status}`);
  const pieces = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await pieces.read();
    if (done) return;
    if (take(value)) continue;
    await pieces.cancel();
    return;
  }
}
