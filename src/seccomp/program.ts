/** Loads of struct seccomp_data, tests and returns of classic BPF. */
export const LOAD = 0x20;
export const AND = 0x54;
export const JUMP_EQUAL = 0x15;
export const JUMP_GREATER = 0x25;
export const JUMP_GREATER_EQUAL = 0x35;
const JUMP = 0x05;
const RETURN = 0x06;

/** Offsets in struct seccomp_data; each argument has a low and a high word. */
export const NUMBER = 0;
export const ARCHITECTURE = 4;
export const lowWord = (argument: number): number => 16 + 8 * argument;
export const highWord = (argument: number): number => 20 + 8 * argument;

/** Where to go on: a place in the program, or the end with a verdict of the kernel's, SECCOMP_RET_*. */
export type Target = { readonly at: number } | { readonly verdict: number };

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, k: number];

const FARTHEST = 255;
/** The two instructions that the ways of a test may put between. */
const SLACK = 2;

/**
 * A program that is written from its end, so that whatever a test leads to is there already. A place is
 * counted from the end too.
 */
export class Program {
  readonly #reversed: Instruction[] = [];
  /** The newest place that leads to a target, by the target. */
  readonly #newest = new Map<string, number>();

  get length(): number {
    return this.#reversed.length;
  }

  /** Puts an instruction in front. What stood first follows it. */
  before(code: number, k: number): Target {
    return this.#place([code, 0, 0, k]);
  }

  /** Puts a test of the loaded word in front. */
  test(code: number, k: number, ifTrue: Target, ifFalse: Target): Target {
    const [yes, no] = [this.#near(ifTrue), this.#near(ifFalse)];
    return this.#place([code, this.length - yes - 1, this.length - no - 1, k]);
  }

  /** Makes a target the first instruction, so that what is put in front of it goes on there. */
  first(target: Target): void {
    if ('at' in target && target.at === this.length - 1) return;
    this.#place(this.#straightTo(target));
  }

  /** As `struct sock_filter[]` of a little-endian machine. */
  bytes(): Uint8Array {
    const view = new DataView(new ArrayBuffer(this.length * 8));
    this.#reversed.toReversed().forEach(([code, ifTrue, ifFalse, k], index) => {
      view.setUint16(index * 8, code, true);
      view.setUint8(index * 8 + 2, ifTrue);
      view.setUint8(index * 8 + 3, ifFalse);
      view.setUint32(index * 8 + 4, k, true);
    });
    return new Uint8Array(view.buffer);
  }

  /** A place within a test's reach that leads to the target. */
  #near(target: Target): number {
    const key = JSON.stringify(target);
    const known = this.#newest.get(key) ?? ('at' in target ? target.at : undefined);
    if (known !== undefined && this.length - known - 1 <= FARTHEST - SLACK) return known;
    const { at } = this.#place(this.#straightTo(target));
    this.#newest.set(key, at);
    return at;
  }

  #straightTo(target: Target): Instruction {
    return 'verdict' in target
      ? [RETURN, 0, 0, target.verdict]
      : [JUMP, 0, 0, this.length - target.at - 1];
  }

  #place(instruction: Instruction): { at: number } {
    const [, ifTrue, ifFalse] = instruction;
    if (Math.max(ifTrue, ifFalse) > FARTHEST) throw new RangeError('a jump is too far');
    this.#reversed.push(instruction);
    return { at: this.length - 1 };
  }
}
