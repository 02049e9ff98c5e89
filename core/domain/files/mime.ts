// What a file is, told from its name. An agent's own word for it is not trusted, and anything unknown is only ever downloaded.

// A map, since a file may well be called x.constructor.
const mimes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    csv: 'text/csv; charset=utf-8',
    tsv: 'text/tab-separated-values; charset=utf-8',
    txt: 'text/plain; charset=utf-8',
    md: 'text/markdown; charset=utf-8',
    json: 'application/json',
    pdf: 'application/pdf',
    png: 'image/png',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    gif: 'image/gif',
    webp: 'image/webp',
    docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    zip: 'application/zip',
  }),
);

export const UNKNOWN_MIME = 'application/octet-stream';

export function mimeOf(name: string): string {
  return mimes.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase()) ?? UNKNOWN_MIME;
}

/** What a spreadsheet opens by itself, and evaluates. */
export function isTable(mime: string): boolean {
  return isCsv(mime) || mime.startsWith('text/tab-separated-values');
}

export function isCsv(mime: string): boolean {
  return mime.startsWith('text/csv');
}
