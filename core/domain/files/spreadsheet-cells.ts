// Takes the formulas out of a table that somebody else wrote, while it flows past: an apostrophe goes before each cell that a
// spreadsheet would evaluate, and nothing else changes. Where cells begin depends on who opens the file: Excel splits at the
// separator of its country, LibreOffice at several at once, and a first line such as sep=| chooses one. So the text is read
// in each of these ways, and a cell that begins in any of them counts. Negative numbers and phone numbers stay as they are.

/** What the opener may split at; a set of signs each. */
const waysToSplit = [',', ';', '\t', ',;\t'];
const delimiters = ',;\t';
const breaks = '\r\n';

/** Evaluated whatever follows. The full-width forms count where they can be typed. */
const always = '=@＝＠';
/** Evaluated unless a plain number or a phone number follows. */
const signs = '+-＋－';
/** What some openers drop in front of a cell; an apostrophe makes text of it, so it is none of them. */
const transparent = /[\p{White_Space}\p{Cc}\p{Cf}"]/u;
/** No phone number is longer. */
const HELD_MOST = 64;
const numberSign = /[\d\s().,/%€£¥$–+\-eE]/;
const plainNumber = /^[+\-＋－][\d\s().,/%€£¥$–+-]*$/;
const withExponent = /^[+-][\d.,]*\d[eE][+-]?\d+\s*$/;
const operator = /[-+*/^&=<>!:%(]/;
const tokenStart = /[A-Za-z_"'@\\$[{(\u0080-\uffff]/;
/** "sep=;" as the first line. */
const chosen = /^\ufeff?"?sep=(.)"?[\r\n]/i;
const CHOICE_MOST = 10;

type Place = 'start' | 'body' | 'quoted' | 'quote in quoted';

interface Reading {
  readonly splitAt: string;
  place: Place;
  /** Nothing of the cell but what an opener may drop. */
  head: boolean;
}

export interface FormulaFilter {
  write(text: string): string;
  /** What was held back. */
  end(): string;
  changed(): boolean;
}

/** `mark` goes before each cell that could be evaluated. */
export function formulaFilter(mark = "'"): FormulaFilter {
  const readings: Reading[] = waysToSplit.map((splitAt) => ({ splitAt, place: 'start', head: true }));
  let beginning: string | null = '';
  /** A sign and what follows it, until it is clear what it is. */
  let held = '';
  let heldInQuotes = false;
  let afterQuote = false;
  /** From a comma on: it may be a decimal one, and the rest still part of the cell. */
  let afterComma: { first: boolean; operator: boolean } | null = null;
  let changed = false;
  let out = '';

  return {
    write(text) {
      if (beginning === null) return read(text);
      beginning += text;
      return beginning.length < CHOICE_MOST ? '' : begin();
    },
    end() {
      const rest = beginning === null ? '' : begin();
      if (held !== '') release(afterQuote || afterComma !== null || isPlain() ? 'harmless' : 'formula');
      return rest + take();
    },
    changed: () => changed,
  };

  function begin(): string {
    const text = beginning!;
    beginning = null;
    const splitAt = chosen.exec(text)?.[1];
    if (splitAt !== undefined && !delimiters.includes(splitAt)) readings.push({ splitAt, place: 'start', head: true });
    // A byte order mark is no part of the first cell.
    if (!text.startsWith('\ufeff')) return read(text);
    return `\ufeff${read(text.slice(1))}`;
  }

  function take(): string {
    const text = out;
    out = '';
    return text;
  }

  function read(text: string): string {
    for (let at = 0; at < text.length; at++) {
      if (held === '' && !readings.some(({ head }) => head)) {
        // Nothing can begin before the next of these, so what lies between is passed over.
        const next = nextSign(text, at);
        if (next > at) {
          for (const reading of readings) if (reading.place === 'quote in quoted') reading.place = 'body';
          out += text.slice(at, next);
          at = next;
          if (at === text.length) break;
        }
      }
      const char = text[at]!;
      if (held !== '') judge(char);
      if (held !== '') held += char;
      else if (!isHead()) out += char;
      else if (always.includes(char)) {
        changed = true;
        out += mark + char;
      } else if (signs.includes(char)) {
        held = char;
        heldInQuotes = readings.some(({ head, place }) => head && place === 'quoted');
      } else out += char;
      for (const reading of readings) step(reading, char);
    }
    return take();
  }

  function nextSign(text: string, from: number): number {
    for (let at = from; at < text.length; at++) {
      const char = text[at]!;
      if (char === '"' || delimiters.includes(char) || breaks.includes(char) || readings.some(({ splitAt }) => splitAt === char)) return at;
    }
    return text.length;
  }

  function isHead(): boolean {
    return readings.some(({ head }) => head);
  }

  /** Looks at the sign that follows what is held, and lets it go once it is clear what it is. */
  function judge(char: string) {
    const ends = (delimiters + breaks).includes(char);
    if (afterQuote) return release(ends ? 'harmless' : 'formula');
    if (held.length > HELD_MOST) return release('formula');
    if (afterComma !== null) return judgeAfterComma(char, ends);
    if (signs.includes(char) && isHead()) return release('formula');
    if (char === '"' && heldInQuotes) {
      afterQuote = isPlain();
      return afterQuote ? undefined : release('formula');
    }
    if (ends && !(heldInQuotes && /\s/.test(char))) {
      if (!isPlain()) return release('formula');
      if (char !== ',' || !/\d\s*$/.test(held)) return release('harmless');
      afterComma = { first: true, operator: false };
      return undefined;
    }
    return numberSign.test(char) || readings.some(({ splitAt }) => splitAt === char) ? undefined : release('formula');
  }

  function judgeAfterComma(char: string, ends: boolean) {
    const before = afterComma!;
    if (ends || (before.first && !/\d/.test(char))) return release('harmless');
    if (before.operator && tokenStart.test(char)) return release('formula');
    if (operator.test(char)) afterComma = { first: false, operator: true };
    else if (char === ' ') afterComma = { first: false, operator: before.operator };
    else if (/[\d.]/.test(char)) afterComma = { first: false, operator: false };
    else release('harmless');
    return undefined;
  }

  function isPlain(): boolean {
    return plainNumber.test(held) || withExponent.test(held);
  }

  function release(as: 'harmless' | 'formula') {
    if (as === 'formula') changed = true;
    out += as === 'formula' ? mark + held : held;
    held = '';
    afterQuote = false;
    afterComma = null;
  }
}

function step(reading: Reading, char: string) {
  const { place, splitAt } = reading;
  if (place !== 'quoted' && (splitAt.includes(char) || breaks.includes(char))) {
    reading.place = 'start';
    reading.head = true;
    return;
  }
  if (reading.head) reading.head = transparent.test(char);
  if (place === 'quoted') reading.place = char === '"' ? 'quote in quoted' : 'quoted';
  else if (char === '"' && place !== 'body') reading.place = 'quoted';
  else reading.place = 'body';
}
