// An address within the product, as a page may be sent on to: `/tasks/7?a=1`. What looks like one and leads elsewhere in some
// browser is none: `//evil.example`, `/\evil.example`, `/..//evil.example`, and anything with spaces or control characters.

const MOST = 2_000;
const base = 'https://own.invalid';

export function isOwnPath(address: string): boolean {
  if (address.length > MOST || !/^\/(?![/\\])[^\s\\\p{Cc}]*$/u.test(address) || !URL.canParse(address, base)) return false;
  const { origin, pathname } = new URL(address, base);
  // Once its dots are taken away, a path must not begin like the name of a host.
  return origin === base && !pathname.startsWith('//');
}
