import { harmless } from '../base/text.ts';

/** One line that says what long work is going on; only on a terminal. */
export interface LiveLine {
  show(text: string): void;
  clear(): void;
}

const ERASE = '\r\u001b[2K';

export function liveLine(stream: NodeJS.WriteStream): LiveLine {
  if (!stream.isTTY || process.env['TERM'] === 'dumb') {
    return { show: () => undefined, clear: () => undefined };
  }
  return {
    show: (text) => void stream.write(`${ERASE}${harmless(text)}…`),
    clear: () => void stream.write(ERASE),
  };
}
