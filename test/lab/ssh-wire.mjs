// The packets of SSH (RFC 4253), as far as one cipher, one MAC and one key exchange need them.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

const MAC_SIZE = 32;

export const uint32 = (number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
};

export const string = (data) => {
  const bytes = Buffer.from(data);
  return Buffer.concat([uint32(bytes.length), bytes]);
};

/** A positive number, given as bytes. */
export const mpint = (bytes) => {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes.subarray(start === -1 ? bytes.length : start);
  return string(digits[0] >= 0x80 ? Buffer.concat([Buffer.alloc(1), digits]) : digits);
};

/** Reads fields one after another. */
export function reader(data) {
  let at = 0;
  const take = (size) => data.subarray(at, (at += size));
  return {
    byte: () => take(1)[0],
    flag: () => take(1)[0] !== 0,
    uint32: () => take(4).readUInt32BE(),
    string: () => take(take(4).readUInt32BE()),
  };
}

/** Makes packets of payloads; in the clear until there are keys. */
export function makeSealer() {
  let sequence = 0;
  let keys = null;
  return {
    use({ key, iv, mac }) {
      keys = { cipher: createCipheriv('aes-128-ctr', key, iv), mac };
    },
    seal(payload) {
      const block = keys === null ? 8 : 16;
      const padding = block - ((payload.length + 5) % block) + block;
      const packet = Buffer.concat([
        uint32(payload.length + padding + 1),
        Buffer.from([padding]),
        payload,
        randomBytes(padding),
      ]);
      const number = sequence++;
      return keys === null
        ? packet
        : Buffer.concat([keys.cipher.update(packet), macOf(keys.mac, number, packet)]);
    },
  };
}

/** Takes bytes and gives payloads, one at a time; null until the next is all there. */
export function makeOpener() {
  let pending = Buffer.alloc(0);
  let sequence = 0;
  let keys = null;
  /** The first block of a packet whose rest is to come, in the clear. */
  let head = null;
  const decrypt = (data) => (keys === null ? data : keys.cipher.update(data));
  const take = (size) => {
    const taken = pending.subarray(0, size);
    pending = pending.subarray(size);
    return taken;
  };
  return {
    use({ key, iv, mac }) {
      keys = { cipher: createDecipheriv('aes-128-ctr', key, iv), mac };
    },
    add(data) {
      pending = Buffer.concat([pending, data]);
    },
    next() {
      if (head === null && pending.length < 16) return null;
      head ??= decrypt(take(16));
      const rest = head.readUInt32BE() + 4 - head.length;
      if (rest < 0 || rest > 1 << 20) throw new Error('no packet of SSH');
      if (pending.length < rest + (keys === null ? 0 : MAC_SIZE)) return null;
      const packet = Buffer.concat([head, decrypt(take(rest))]);
      head = null;
      const number = sequence++;
      if (keys !== null && !timingSafeEqual(take(MAC_SIZE), macOf(keys.mac, number, packet))) {
        throw new Error('a packet of SSH was changed on its way');
      }
      return packet.subarray(5, packet.length - packet[4]);
    },
  };
}

function macOf(key, sequence, packet) {
  return createHmac('sha256', key).update(uint32(sequence)).update(packet).digest();
}
