/** Bytes put together from chunks. Many small chunks cost no more than their bytes. */
export function growingBytes(): { add(chunk: Uint8Array): void; bytes(): Uint8Array } {
  let room = new Uint8Array(1024);
  let size = 0;
  return {
    add(chunk) {
      if (size + chunk.length > room.length) {
        const larger = new Uint8Array(Math.max(room.length * 2, size + chunk.length));
        larger.set(room.subarray(0, size));
        room = larger;
      }
      room.set(chunk, size);
      size += chunk.length;
    },
    bytes: () => room.subarray(0, size),
  };
}
