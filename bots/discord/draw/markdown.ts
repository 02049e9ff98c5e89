// Text of Discord is Markdown everywhere but on buttons. What is not ours is escaped, so that it shows as it was written: no markup, no
// ping, no emoji name, no time and no link with another label. A bare address stays as it is: its label is itself.

/** What Discord reads as an address, without the signs that would end a markup of ours around it. */
const address = /https?:\/\/[a-z0-9][a-z0-9.-]*[a-z0-9](?::\d{1,5})?(?:[/?#](?:[\w\-.:/?#!$&'()+,;=%]|~(?!~)|@(?!everyone|here))*)?/gi;

/** For the middle of a line. */
export function escapeText(text: string): string {
  let escaped = '';
  let from = 0;
  for (const { 0: url, index } of text.matchAll(address)) {
    escaped += escapeSigns(text.slice(from, index)) + url;
    from = index + url.length;
  }
  return escaped + escapeSigns(text.slice(from));
}

/** For a whole line, where its beginning could make it a heading, a list or a quotation. At most two characters for each. */
export function escapeLine(line: string): string {
  return escapeText(line)
    .replace(/^(\s*)([#>+-])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2');
}

/** Where a markup of ours ends behind it, an address is no exception. */
export function bold(text: string): string {
  return `**${escapeSigns(text)}**`;
}

/** An address of ours that nothing in it can change. */
export function bareAddress(url: string): string {
  return url.replace(/[*~@[\]()]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function escapeSigns(text: string): string {
  return text.replace(/[\\*_~|`<[\]@]/g, '\\$&').replace(/:(?=[\w+~-]+:)/g, '\\:');
}

/** What people read of a line of ours. */
export function readMarkdown(line: string): string {
  return line.replace(/\\([^0-9A-Za-z\s])|\*\*/g, (_, sign: string | undefined) => sign ?? '');
}
