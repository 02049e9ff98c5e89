// What mail programs, chats and people take for an address in somebody else's words: of a page, a mailbox, or a telephone.
// A name is no place for one, since names stand in mails to people who never asked for them. Decided for safety where it
// is not certain: a word with a dot inside is a domain, unless it is written as names are (`exceptions`).

/** True where something in it would be taken for an address. */
export function hasAddress(text: string): boolean {
  return withoutAddresses(text) !== folded(text);
}

/** The same words with “…” in the place of each address, in one form of letters. */
export function withoutAddresses(text: string): string {
  return folded(text)
    .replace(withScheme, '…')
    .replace(mailbox, '…')
    .replace(handle, '…')
    .replace(bracketed, '…')
    .replace(spelled, (found) => (/ \.NET$|,\p{Lu}{2}$/u.test(found) ? found : '…')) // Berlin .NET Users; Berlin,DE
    .replace(spaced, '…')
    .replace(domain, (found, host: string, rest: string) => (rest === '' && exceptions.some((each) => each.test(host)) ? found : '…'))
    .replace(numbers, '…')
    .replace(digits, (found) => (isTelephone(found) ? '…' : found));
}

/** Full-width letters and other dots are read as the usual ones by browsers, and so here. */
function folded(text: string): string {
  return text.normalize('NFKC').replace(/[\u3002\uff0e\uff61\u2024]/g, '.');
}

const withScheme =
  /(?:\b[a-z][a-z0-9+.-]{1,20}:\/{1,2}|\b(?:mailto|tel|sms|data|javascript):|(?<![\p{L}\p{N}])www\d?(?![\p{L}\p{N}])\W{0,3})\S*/giu;
const mailbox = /[^\s@]+@[^\s@]+/gu;
/** Of a messenger; none there is shorter. */
const handle = /(?<![\p{L}\p{N}])@\w{5,}/gu;

// Spelled so that a program does not see the address, and a person does: shop[.]example, shop (dot) com, shop . com, shop,com.
const word = '[\\p{L}\\p{N}_-]{1,63}';
const bracketed = new RegExp(`(?:${word})?\\s{0,3}[[({<]\\s{0,3}(?:\\.|dot|at|@)\\s{0,3}[\\])}>]\\s{0,3}\\S*`, 'giu');
const ends = 'com|net|org|info|biz|io|ai|xyz|dev|eu|uk|de|fr|es|nl|ch|pl|ru|cn|jp|br|tv|cc|gg|ly|example';
/** Also words of names, as in “Polka Dot Shop”. */
const wordyEnds = 'shop|store|online|site|website|app|top|club|live|link|click|pro|me|it|us|in|at|space|tech|world|today|vip|win';
const spelled = new RegExp(
  `${word}(?:(?:\\s{1,3}dot\\s{1,3}|\\s{1,3}\\.)(?:${ends})|(?:\\s{1,3}\\.\\s{1,3}|[,·•∙‧・])(?:${ends}|${wordyEnds}))(?![\\p{L}\\p{N}])\\S*`,
  'giu',
);
/** Small letters alone, and no country: “J. de Boer” is a name. */
const spaced = new RegExp(`${word}\\.\\s{1,3}(?:com|net|org|info|biz|io|xyz|example)(?![\\p{L}\\p{N}.])\\S*`, 'gu');

// A host of two parts or more whose last one has letters, with whatever follows of a port, a path or a query.
const domain =
  /(?<![\p{L}\p{N}])((?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}_-]*[\p{L}\p{M}\p{N}])?\.)+(?:xn--[a-z0-9-]+|[\p{L}\p{M}]{2,63}))(?![\p{L}\p{N}])((?::\d{1,5})?(?:[/?#]\S*)?)/giu;
const numbers = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])\S*/g;
const digits = /\+?\(?\d[\d\s()./-]{5,}\d/g;

const exceptions = [
  /^(?:[a-z]+\.)?[a-z]+\.js$/i, // Node.js, Vue.js
  /^asp\.net$/i,
  /^co\.kg$/i, // GmbH & Co.KG
  /^\p{Lu}\p{Ll}?\.\p{Lu}\p{Ll}+$/u, // St.John, J.Doe
  /^(?:\p{Lu}\.)+\p{Lu}\p{Ll}+$/u, // J.R.R.Tolkien
];

/** Years, sizes and house numbers are shorter, or have no plus before them; numbers of goods and orders are longer, and in one. */
function isTelephone(found: string): boolean {
  if (/^[1-9]\d{12,}$/.test(found)) return false;
  const count = found.replace(date, '').replace(/\D/g, '').length;
  return count >= (found.startsWith('+') ? 7 : 9);
}

const month = '(?:0?[1-9]|1[0-2])';
const day = '(?:0?[1-9]|[12]\\d|3[01])';
const year = '(?:19|20)\\d\\d';
const date = new RegExp(`(?<!\\d)(?:${year}([-./])${month}\\1${day}|${day}([-./])${month}\\2${year}|${month}/${day}/${year})(?!\\d)`, 'g');
