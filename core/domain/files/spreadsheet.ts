// What a spreadsheet may do with a text. It takes what begins with one of these signs for a formula, which can fetch
// addresses and start programs on the machine of whoever opens the file; and some look behind blanks and quotation marks,
// read the full-width signs as well, or split a line where we did not.

const formula = /^[\s"'`«»“”„‘’\ufeff]*[=+\-@\t\r＝＋－＠]/u;
/** At the beginning, where blanks do not matter any more. */
const control = /^[\t\r\n]/;

/** The same text with an apostrophe before it where it could be read as a formula; spreadsheets then take it for text. */
export function plainText(text: string): string {
  return control.test(text) || formula.test(text) ? `'${text}` : text;
}
