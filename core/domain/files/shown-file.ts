// How a page shows a file. What is in a file is nobody's word: words come as plain text whatever they are, pictures only
// in the forms that cannot hold a script (SVG can), and everything else is downloaded.

export type ShownAs = 'picture' | 'text' | 'pdf';

/** null for what is only downloaded. */
export function shownAs(mime: string): ShownAs | null {
  const kind = mime.split(';', 1)[0]!.trim().toLowerCase();
  if (/^image\/(png|jpeg|gif|webp|avif)$/.test(kind)) return 'picture';
  if (kind === 'application/pdf') return 'pdf';
  return kind.startsWith('text/') || kind === 'application/json' ? 'text' : null;
}
