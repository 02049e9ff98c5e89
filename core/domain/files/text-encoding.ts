// In which encoding a text is, told from how it begins. Agents and people bring files as the programs wrote them: most are
// UTF-8, Excel and Notepad write UTF-16 with a mark at the front, and old ones write Windows-1252.

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** How much of a text tells its encoding, in bytes. */
export const TELLS_BYTES = 65_536;

/** `beginning` may end within a character. */
export function textEncodingOf(beginning: Uint8Array): TextEncoding {
  const [first, second] = beginning;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(beginning, { stream: true });
    return 'utf-8';
  } catch {
    return 'windows-1252'; // every byte of it is a character
  }
}
