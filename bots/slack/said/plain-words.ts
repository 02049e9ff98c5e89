// A message as Slack writes it, in the words that people read: `&lt;`, `<@U1|ann>`, `<https://x.com|x.com>`, `<#C1|general>`.

/** Whether it names the bot, wherever it stands. */
export function mentions(text: string, botUser: string | null): boolean {
  return botUser !== null && new RegExp(`<@${botUser}(?:\\|[^>]*)?>`).test(text);
}

/** Without the mention of the bot that it begins with. */
export function plainWords(text: string, botUser: string | null): string {
  const rest = botUser === null ? text : text.replace(new RegExp(`^\\s*(?:<@${botUser}(?:\\|[^>]*)?>[\\s,:]*)+`), '');
  return unescape(rest.replace(/<([^<>]+)>/g, (_, inner: string) => wordsOf(inner))).trim();
}

function wordsOf(inner: string): string {
  const bar = inner.indexOf('|');
  const [target, label] = bar === -1 ? [inner, ''] : [inner.slice(0, bar), inner.slice(bar + 1)];
  if (target.startsWith('@')) return `@${label || target.slice(1)}`;
  if (target.startsWith('#')) return `#${label || target.slice(1)}`;
  // `<!here>`, `<!subteam^S1|@team>`, `<!date^…|Monday>`
  if (target.startsWith('!')) return label || `@${target.slice(1).split('^')[0]!}`;
  const address = target.replace(/^mailto:/, '');
  // Slack writes an address for what only looks like one: “example.com” stays what somebody typed.
  if (label === '' || label === address || address === `http://${label}` || address === `https://${label}`) return label || address;
  return `${label} (${address})`;
}

function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
