import type { Decision } from './decisions.ts';
import type { ProfileCondition } from './profile.ts';
import {
  AND,
  highWord,
  JUMP_EQUAL,
  JUMP_GREATER,
  JUMP_GREATER_EQUAL,
  LOAD,
  lowWord,
  type Program,
  type Target,
} from './program.ts';

/** Puts the cases of a decision in front of a program, the first one first, and says where they begin. */
export function branch(program: Program, decision: Decision): Target {
  const last: Target = { verdict: decision.at(-1)?.verdict ?? 0 };
  return decision
    .slice(0, -1)
    .reduceRight<Target>(
      (next, { conditions, verdict }) =>
        conditions.reduceRight<Target>(
          (holds, condition) => compare(program, condition, holds, next),
          { verdict },
        ),
      last,
    );
}

/** One condition on an argument of 64 bits, which BPF sees as two words. */
function compare(
  program: Program,
  { index, op, value, valueTwo }: ProfileCondition,
  yes: Target,
  no: Target,
): Target {
  const high = { offset: highWord(index), k: Number(value >> 32n) };
  const low = { offset: lowWord(index), k: Number(value & WHOLE) };
  const equal = (ifEqual: Target, ifNot: Target): Target => {
    program.test(JUMP_EQUAL, low.k, ifEqual, ifNot);
    const lower = program.before(LOAD, low.offset);
    program.test(JUMP_EQUAL, high.k, lower, ifNot);
    return program.before(LOAD, high.offset);
  };
  /** Above in the high word, or equal there and `code` of the low word. */
  const above = (code: number, ifAbove: Target, ifNot: Target): Target => {
    program.test(code, low.k, ifAbove, ifNot);
    const lower = program.before(LOAD, low.offset);
    const level = program.test(JUMP_EQUAL, high.k, lower, ifNot);
    program.test(JUMP_GREATER, high.k, ifAbove, level);
    return program.before(LOAD, high.offset);
  };
  switch (op) {
    case 'SCMP_CMP_EQ':
      return equal(yes, no);
    case 'SCMP_CMP_NE':
      return equal(no, yes);
    case 'SCMP_CMP_GT':
      return above(JUMP_GREATER, yes, no);
    case 'SCMP_CMP_GE':
      return above(JUMP_GREATER_EQUAL, yes, no);
    case 'SCMP_CMP_LE':
      return above(JUMP_GREATER, no, yes);
    case 'SCMP_CMP_LT':
      return above(JUMP_GREATER_EQUAL, no, yes);
    case 'SCMP_CMP_MASKED_EQ':
      return masked(program, index, value, valueTwo ?? 0n, yes, no);
  }
}

const WHOLE = 0xffffffffn;

/** A word that the mask leaves nothing of is not looked at, and one that it leaves whole is not masked. */
function masked(
  program: Program,
  index: number,
  mask: bigint,
  wanted: bigint,
  yes: Target,
  no: Target,
): Target {
  const words = [
    { offset: lowWord(index), mask: mask & WHOLE, wanted: wanted & WHOLE },
    { offset: highWord(index), mask: mask >> 32n, wanted: wanted >> 32n },
  ];
  return words.reduce<Target>((next, word) => {
    if (word.mask === 0n) return word.wanted === 0n ? next : no;
    program.test(JUMP_EQUAL, Number(word.wanted), next, no);
    if (word.mask !== WHOLE) program.before(AND, Number(word.mask));
    return program.before(LOAD, word.offset);
  }, yes);
}
