/** Whether a host, as a name or an address, is this machine and nothing else. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** Where a browser on this machine reaches what listens on a host: a name that works for all of them, or only that host. */
export function addressHere(host: string, port: number): string {
  const everywhere = /^(localhost|127\.0\.0\.1|0\.0\.0\.0|::)$/i.test(host);
  return `http://${everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`;
}
