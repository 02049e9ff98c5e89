// How a file that somebody attached is named until it is fetched.

/** Of a message that we can read again, which gives a fresh address. */
export function fileRef(channel: string, message: string, attachment: string): string {
  return `${channel}/${message}/${attachment}`;
}

const DIRECT = 'url:';

export type FileRef =
  | { readonly kind: 'message'; readonly channel: string; readonly message: string; readonly attachment: string }
  /** Of a command or a form, which no message leads to. */
  | { readonly kind: 'address'; readonly url: string };

export function readFileRef(ref: string): FileRef | null {
  if (ref.startsWith(DIRECT)) return { kind: 'address', url: ref.slice(DIRECT.length) };
  const found = /^(\d{1,20})\/(\d{1,20})\/(\d{1,20})$/.exec(ref);
  return found && { kind: 'message', channel: found[1]!, message: found[2]!, attachment: found[3]! };
}
