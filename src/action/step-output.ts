import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Transform, type Writable } from 'node:stream';
import { AnnotationCollector } from '../workflow/annotations.ts';
import { Neutraliser } from '../workflow/neutralise.ts';

/** The way of a step's output into the log, on which nothing in it is a command to the runner. */
export interface StepOutput {
  readonly sink: Writable;
  readonly annotations: AnnotationCollector;
  /** Writes what was held back; from then on the runner obeys commands again. */
  close(): Promise<void>;
}

const LINE_FEED = 0x0a;

/**
 * Twice sealed: the runner is told to obey nothing until it reads a random word again, and every
 * spelling of a command is made dead text, for what the runner or its log page takes up all the same.
 */
export function openStepOutput(log: Writable, workspace: string): StepOutput {
  const token = `glovebox-${randomBytes(16).toString('hex')}`;
  const annotations = new AnnotationCollector(workspace);
  const neutraliser = new Neutraliser({ onCommand: (line) => annotations.add(line) });
  let last = LINE_FEED;
  const sink = new Transform({
    transform(chunk: Buffer, _, done) {
      for (const part of neutraliser.push(chunk)) {
        last = part.at(-1) ?? last;
        this.push(part);
      }
      done();
    },
    flush(done) {
      for (const part of neutraliser.end()) {
        last = part.at(-1) ?? last;
        this.push(part);
      }
      // The closing word counts only at the start of a line.
      this.push(`${last === LINE_FEED ? '' : '\n'}::${token}::\n`);
      done();
    },
  });
  log.write(`::stop-commands::${token}\n`);
  sink.pipe(log, { end: false });
  const drop = (): void => {
    sink.unpipe(log);
    sink.resume();
  };
  log.on('error', drop);
  return {
    sink,
    annotations,
    close: async () => {
      const ended = once(sink, 'end');
      sink.end();
      await ended;
      log.off('error', drop);
    },
  };
}
