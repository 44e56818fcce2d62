export interface ListenAddress {
  readonly address: string;
  readonly port: number;
}

/** For a person: `127.0.0.1:8125`, `[::1]:8125`. */
export function hostPort({ address, port }: ListenAddress): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The address to send to for a socket bound to this one: a wildcard is reached over loopback. */
export function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}
