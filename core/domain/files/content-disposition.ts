// How a download is named (RFC 6266): browsers that know RFC 8187 take `filename*`, all others a plain likeness of it.

/** The header that makes a browser save `name`, or show it in place when `inline`. `name` is a safe file name. */
export function contentDisposition(name: string, inline = false): string {
  return `${inline ? 'inline' : 'attachment'}; filename="${plain(name)}"; filename*=UTF-8''${encoded(name)}`;
}

// Quotes and backslashes would end the string early, and some browsers decode percent signs, so none of them stays.
function plain(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]|["\\%]/gu, '_');
}

// encodeURIComponent leaves these four, which RFC 8187 does not allow.
function encoded(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
