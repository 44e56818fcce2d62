/** How datagrams are received: `auto` takes recvmmsg where it works, and Node's own sockets elsewhere. */
export const transports = ['auto', 'recvmmsg', 'dgram'] as const;
export type Transport = (typeof transports)[number];
