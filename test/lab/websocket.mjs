// A WebSocket server that sends back each frame. Enough of RFC 6455 for real clients' short messages.
import { createHash } from 'node:crypto';

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const CLOSE = 0x8;

export function answerUpgrade(request, socket, head) {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}${MAGIC}`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let pending = Buffer.alloc(0);
  const take = (data) => {
    pending = Buffer.concat([pending, data]);
    for (let frame = frameOf(pending); frame !== null; frame = frameOf(pending)) {
      pending = pending.subarray(frame.size);
      socket.write(Buffer.concat([frame.header, frame.payload]));
      if ((frame.header[0] & 0x0f) === CLOSE) socket.end();
    }
  };
  socket.on('error', () => {});
  socket.on('data', take);
  take(head);
}

/** The first frame, its payload unmasked and its header as a server sends it; null until it is all there. */
function frameOf(data) {
  if (data.length < 6) return null;
  const short = data[1] & 0x7f;
  if (short === 127) throw new RangeError('the laboratory takes no frames of more than 64 KiB');
  if (short === 126 && data.length < 8) return null;
  const length = short === 126 ? data.readUInt16BE(2) : short;
  const start = short === 126 ? 8 : 6;
  if (data.length < start + length) return null;
  const mask = data.subarray(start - 4, start);
  const payload = data.subarray(start, start + length).map((byte, index) => byte ^ mask[index % 4]);
  const header = Buffer.from(data.subarray(0, start - 4));
  header[1] = short;
  return { header, payload: Buffer.from(payload), size: start + length };
}
