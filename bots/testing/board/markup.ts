// The board's little markup, as its readers' screens draw it: `**bold**`, `[label](address)`, `@name` pings, a line that
// begins with `> ` is a quotation, and a backslash takes the meaning from the sign behind it.

export interface Shown {
  /** A quotation begins with "▌ ", a link's address follows its label. */
  readonly lines: readonly string[];
  readonly pings: readonly string[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

export function showMarkup(text: string): Shown {
  const pings: string[] = [];
  const links: { label: string; url: string }[] = [];
  const lines = text.split('\n').map((line) => {
    const quoted = line.startsWith('> ');
    const rest = (quoted ? line.slice(2) : line).replace(
      inlineMarks,
      (match, escaped: string, url: string, label: string, target: string, ping: string) => {
        if (escaped) return escaped;
        if (url) return url;
        if (label) {
          links.push({ label, url: target });
          return `${label} (${target})`;
        }
        if (ping) pings.push(ping);
        return ping ? match : '';
      },
    );
    return quoted ? `▌ ${rest}` : rest;
  });
  return { lines, pings, links };
}

/** An escaped sign, an address, a link's label and address, a ping, or the mark of bold. */
export const inlineMarks = /\\([!-/:-@[-`{-~])|(https?:\/\/[^\s\\]+)|\[([^\]\\\n]+)\]\((\S+?)\)|@(\w+)|\*\*/g;

/** Text that means nothing but itself. */
export function escapeMarkup(text: string): string {
  return text.replace(/[\\*@[\]>]/g, '\\$&');
}
