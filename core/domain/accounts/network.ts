// Networks that callers come from. Whoever has one address usually has its neighbours too, so some limits count networks.

/** The block of addresses that one customer of a provider has at the least: IPv4 by /24, IPv6 by /64. */
export function networkOf(address: string | null): string {
  if (address === null) return 'unknown';
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/i.exec(address);
  return v4 ? v4[1]! : firstHalf(address);
}

/** The /64 of an IPv6 address; any other address as it is. */
export function firstHalf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  return [...first, ...zeros, ...last]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
