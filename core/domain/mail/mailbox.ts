/**
 * Which mailbox an address leads to, as far as its spelling tells: capitals, what follows a plus, and at Google dots make
 * no other one. For counting what each mailbox gets once; mail goes to the address as it was written.
 */
export function mailboxOf(address: string): string {
  const plain = address.normalize('NFKC').trim().toLowerCase();
  const at = plain.lastIndexOf('@');
  const host = plain.slice(at + 1).replace(/\.$/, '');
  const name = plain.slice(0, at).replace(/(?<=.)\+.*$/, '');
  const isGoogle = host === 'gmail.com' || host === 'googlemail.com';
  return isGoogle ? `${name.replaceAll('.', '')}@gmail.com` : `${name}@${host}`;
}
