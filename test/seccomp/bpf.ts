/** Of struct seccomp_data what a filter can look at. */
export interface Call {
  readonly number: number;
  /** AUDIT_ARCH_* */
  readonly audit: number;
  readonly args?: readonly bigint[];
}

export interface Outcome {
  /** SECCOMP_RET_* with its data. */
  readonly verdict: number;
  /** How many instructions were run. */
  readonly steps: number;
}

const LONGEST = 4096;

/** Runs classic BPF as the kernel does, and refuses what the kernel would not load. */
export function runFilter(filter: Uint8Array, call: Call): Outcome {
  const view = new DataView(filter.buffer, filter.byteOffset, filter.byteLength);
  const length = filter.byteLength / 8;
  if (!Number.isInteger(length) || length === 0 || length > LONGEST) {
    throw new Error(`${filter.byteLength} bytes are no program`);
  }
  const data = dataOf(call);
  let accumulator = 0;
  let steps = 0;
  for (let at = 0; at < length; at += 1) {
    steps += 1;
    const code = view.getUint16(at * 8, true);
    const [whenTrue, whenFalse] = [view.getUint8(at * 8 + 2), view.getUint8(at * 8 + 3)];
    const k = view.getUint32(at * 8 + 4, true);
    switch (code) {
      case 0x20:
        if (k % 4 !== 0) throw new Error(`a load from ${k}`);
        accumulator = data.getUint32(k, true);
        break;
      case 0x54:
        accumulator = (accumulator & k) >>> 0;
        break;
      case 0x05:
        at += k;
        break;
      case 0x15:
        at += accumulator === k ? whenTrue : whenFalse;
        break;
      case 0x25:
        at += accumulator > k ? whenTrue : whenFalse;
        break;
      case 0x35:
        at += accumulator >= k ? whenTrue : whenFalse;
        break;
      case 0x45:
        at += (accumulator & k) === 0 ? whenFalse : whenTrue;
        break;
      case 0x06:
        return { verdict: k, steps };
      default:
        throw new Error(`unknown instruction ${code}`);
    }
  }
  throw new Error('the program runs past its end');
}

function dataOf({ number, audit, args = [] }: Call): DataView {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, number, true);
  data.setUint32(4, audit, true);
  args.forEach((arg, index) => data.setBigUint64(16 + 8 * index, arg, true));
  return data;
}
