import type { Socket } from 'node:net';

/** Joins two sockets, byte for byte, each direction ending by itself; a broken one breaks the other. */
export function joinSockets(one: Socket, other: Socket): void {
  carry(one, other);
  carry(other, one);
}

function carry(from: Socket, to: Socket): void {
  from.allowHalfOpen = true;
  from.on('error', () => {
    to.resetAndDestroy();
  });
  from.on('close', () => {
    // What was read of it may still be on its way.
    to.destroySoon();
  });
  from.pipe(to);
}
