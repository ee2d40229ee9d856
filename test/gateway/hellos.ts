import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { once } from 'node:events';

export interface HelloShape {
  /** Types and bodies of extensions, in order; null for a hello that ends before them. */
  readonly extensions: readonly (readonly [type: number, body: Uint8Array])[] | null;
  readonly version?: number;
  readonly session?: number;
  readonly suites?: Uint8Array;
  readonly compressions?: Uint8Array;
  readonly trailing?: Uint8Array;
}

/** The handshake message, without records. */
export function helloMessage(shape: HelloShape): Buffer {
  const body = Buffer.concat([
    number(shape.version ?? 0x0303, 2),
    Buffer.alloc(32, 7),
    vector(Buffer.alloc(shape.session ?? 32, 9), 1),
    vector(shape.suites ?? Buffer.from([0x5a, 0x5a, 0x13, 0x01, 0x13, 0x02]), 2),
    vector(shape.compressions ?? Buffer.from([0]), 1),
    ...(shape.extensions === null
      ? []
      : [
          vector(
            Buffer.concat(
              shape.extensions.map(([type, bytes]) =>
                Buffer.concat([number(type, 2), vector(bytes, 2)]),
              ),
            ),
            2,
          ),
        ]),
    shape.trailing ?? Buffer.alloc(0),
  ]);
  return Buffer.concat([Buffer.from([1]), vector(body, 3)]);
}

/** A server_name extension with one name, as it is. */
export function serverName(name: string | Uint8Array): readonly [number, Buffer] {
  const bytes = Buffer.from(name);
  return [0, vector(Buffer.concat([Buffer.from([0]), vector(bytes, 2)]), 2)];
}

/** Cuts a message into records whose bodies have these sizes, over and over. */
export function inRecords(
  message: Uint8Array,
  sizes: readonly number[] = [16384],
  version = 0x0301,
  type = 22,
): Buffer {
  const records: Buffer[] = [];
  for (let at = 0, index = 0; at < message.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    const body = message.subarray(at, at + size);
    records.push(Buffer.concat([Buffer.from([type]), number(version, 2), vector(body, 2)]));
    at += body.length;
  }
  return Buffer.concat(records);
}

/** The first bytes of a plain hello for a name. */
export function helloFor(name: string): Buffer {
  return inRecords(helloMessage({ extensions: [serverName(name)] }));
}

/** What node:tls itself sends first. */
export async function realHello(options: ConnectionOptions): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connectTls({
    port: (server.address() as AddressInfo).port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ...options,
  });
  client.on('error', () => undefined);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  client.destroy();
  server.close();
  return bytes;
}

export function vector(bytes: Uint8Array, lengthBytes: number): Buffer {
  return Buffer.concat([number(bytes.length, lengthBytes), bytes]);
}

function number(value: number, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  bytes.writeUIntBE(value, 0, count);
  return bytes;
}
