import { endGroup, startGroup } from '@actions/core';
import { harmless } from '../base/text.ts';
import { Neutraliser } from '../workflow/neutralise.ts';

/** Text of ours that may quote a step's: shown, never obeyed. */
export function say(text: string): void {
  const neutraliser = new Neutraliser();
  const bytes = Buffer.from(text.endsWith('\n') ? text : `${text}\n`);
  process.stdout.write(Buffer.concat([...neutraliser.push(bytes), ...neutraliser.end()]));
}

/** As the runner announces a step of its own: what is run, folded away. */
export function announce(name: string, script: string, command: readonly string[]): void {
  startGroup(harmless(name));
  say(script);
  say(`shell: ${command.join(' ')}`);
  endGroup();
}
