import type { Socket } from 'node:net';
import { refusalOf } from './refused.ts';
import { splice, TELL_MS } from './splice.ts';
import type { Destination, Door } from './types.ts';

/** A door that looks at nothing: what comes is carried to where the name leads. */
export function rawDoor({ tellMs = TELL_MS }: { readonly tellMs?: number } = {}): Door {
  return (client, destination, context) => {
    client.allowHalfOpen = true;
    client.on('error', () => undefined);
    client.pause();
    void join(client, destination, context, tellMs);
  };
}

async function join(
  client: Socket,
  destination: Destination,
  { upstream, ledger }: Parameters<Door>[2],
  tellMs: number,
): Promise<void> {
  const connected = await upstream.connect(destination).catch(refusalOf);
  if ('code' in connected) {
    ledger.refused(destination, connected);
    // There is no connection, and a reset says just that in every protocol.
    client.resetAndDestroy();
    return;
  }
  ledger.opened(destination);
  splice({
    client,
    upstream: connected,
    first: new Uint8Array(),
    gate: null,
    tellMs,
    moved: (bytes) => ledger.moved(destination, bytes),
    cut: () => undefined,
  });
}
