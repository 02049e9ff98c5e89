// HTML in which whatever came from outside is text: html`<p>${words}</p>` escapes what stands in the braces.

/** Markup in which everything that came from outside is escaped. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Escapes what stands in the braces, also between quotation marks, unless it is markup itself or a list of it. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Markup | readonly Markup[])[]): Markup {
  return new Markup(parts.map((part, i) => part + escaped(values[i] ?? '')).join(''));
}

function escaped(value: string | Markup | readonly Markup[]): string {
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
  return value instanceof Markup ? value.text : value.map(({ text }) => text).join('');
}
