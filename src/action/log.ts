import { endGroup, startGroup } from '@actions/core';
import { harmless } from '../base/text.ts';
import { logTitle } from '../console/logs.ts';
import type { LogAccount } from '../run/observations.ts';
import { Neutraliser } from '../workflow/neutralise.ts';

const LINE_FEED = 0x0a;

/** Text of ours that may quote a step's: shown, never obeyed. */
export function say(text: string): void {
  sayBytes(Buffer.from(text));
}

function sayBytes(bytes: Uint8Array): void {
  const neutraliser = new Neutraliser();
  const line = bytes.at(-1) === LINE_FEED ? [bytes] : [bytes, Uint8Array.of(LINE_FEED)];
  const parts = line.flatMap((part) => neutraliser.push(part).map((one) => one.slice()));
  process.stdout.write(Buffer.concat([...parts, ...neutraliser.end()]));
}

/** What the step wrote to files that the policy wants to see, each folded away. */
export function showLogs(logs: LogAccount | null): void {
  for (const one of logs?.files ?? []) {
    startGroup(logTitle(one));
    sayBytes(one.bytes);
    endGroup();
  }
}

/** As the runner announces a step of its own: what is run, folded away. */
export function announce(name: string, script: string, command: readonly string[]): void {
  startGroup(harmless(name));
  say(script);
  say(`shell: ${command.join(' ')}`);
  endGroup();
}
