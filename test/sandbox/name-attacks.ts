import { bare, policy, type Ran, seal, type Sealed, workspace } from '../lab/glovebox.ts';
import { TRUST, trusting } from '../lab/internet.ts';

/** Attempts to reach names, rightly or not. Many share a run, because a sandbox takes its time. */
export type Attempts = Readonly<Record<string, readonly string[]>>;

export interface Came {
  /** 124: it had to be given up. */
  readonly code: number;
  readonly output: string;
}

export const GIVEN_UP = 124;
const PATIENCE_S = 20;
const AT_A_TIME = 4;

/** Options of `run`: a policy with this section `network`, and trust in the laboratory. */
export function allowing(
  allow: readonly (string | object)[],
  network: object = {},
  rest: object = {},
): string[] {
  const text = { version: 1, network: { mode: 'allowlist', allow, ...network }, ...rest };
  return ['-p', policy(JSON.stringify(text)), ...trusting()];
}

/** A script that makes each attempt, some at a time, and ends well whatever came of them. */
function together(attempts: Attempts): string {
  const commands = Object.values(attempts).map((argv, index) => {
    const command = `timeout ${PATIENCE_S} ${argv.map(quoted).join(' ')}`;
    return `while (( $(jobs -rp | wc -l) >= ${AT_A_TIME} )); do wait -n; done
      { ${command} > $came/${index} 2>&1; echo $? > $came/${index}.code; } &`;
  });
  const shown = `for i in {0..${commands.length - 1}}; do cat $came/$i; printf '\\n==== %s ====\\n' $(cat $came/$i.code); done`;
  return ['came=$(mktemp -d)', ...commands, 'wait', shown, 'exit 0'].join('\n');
}

/** What came of each. */
function apart<Names extends string>(
  attempts: Readonly<Record<Names, readonly string[]>>,
  { stdout, stderr }: Ran,
): Readonly<Record<Names, Came>> {
  const names = Object.keys(attempts) as Names[];
  const parts = stdout.split(/\n==== (\d+) ====\n/);
  if (parts.length !== names.length * 2 + 1)
    throw new Error(`not all attempts were made:\n${stdout}\n${stderr}`);
  const came = names.map((name, index) => [
    name,
    { output: parts[index * 2] ?? '', code: Number(parts[index * 2 + 1]) },
  ]);
  return Object.fromEntries(came) as Record<Names, Came>;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export interface BothWays<Names extends string> {
  readonly outside: Readonly<Record<Names, Came>>;
  readonly inside: Readonly<Record<Names, Came>>;
  readonly ran: Sealed;
}

/** Attempts on the bare host, where they reach their aim, and in one sandbox. */
export function bothWays<Names extends string>(
  attempts: Readonly<Record<Names, readonly string[]>>,
  options: readonly string[],
  between: () => void = () => {},
): BothWays<Names> {
  const outside = apart(attempts, bare(ALL, { cwd: prepared(attempts), env: TRUST }));
  between();
  return { outside, ...sealed(attempts, options) };
}

/** The same, with nothing outside to compare with. */
export function sealed<Names extends string>(
  attempts: Readonly<Record<Names, readonly string[]>>,
  options: readonly string[],
  rest: { readonly env?: Readonly<Record<string, string>> } = {},
): Omit<BothWays<Names>, 'outside'> {
  const ran = seal(options, ALL, { ...rest, cwd: prepared(attempts) });
  return { inside: apart(attempts, ran), ran };
}

const ALL = ['bash', 'all.sh'];
const prepared = (attempts: Attempts): string =>
  workspace({ ...FILES, 'all.sh': together(attempts) });

/** What every attempt finds in its workspace. */
const FILES: Readonly<Record<string, string>> = {
  // Sends bytes, waiting between them where a number stands, and prints what comes until the end or
  // until nothing does. `end` ends its half, `:` takes what comes first.
  'dial.cjs': `
    const [host, port, ...sent] = process.argv.slice(2);
    const socket = require('net').connect({ host, port: Number(port), allowHalfOpen: true });
    const quiet = Number(process.env.QUIET_MS ?? 1500);
    const done = (why) => { console.log(why === '' ? '' : '\\n' + why); process.exit(); };
    let clock = setTimeout(done, quiet, '(silence)');
    socket.on('error', (error) => done(error.code));
    socket.on('end', () => done('(end)'));
    socket.on('data', (data) => {
      process.stdout.write(data.toString('latin1'));
      clearTimeout(clock);
      clock = setTimeout(done, quiet, '(silence)');
    });
    socket.once('connect', async () => {
      for (const part of sent) {
        if (/^\\d+$/.test(part)) await new Promise((go) => setTimeout(go, Number(part)));
        else if (part === ':') await new Promise((go) => socket.once('data', go));
        else if (part === 'end') socket.end();
        else socket.write(Buffer.from(part.slice(1), part[0] === '=' ? 'base64' : 'latin1'));
      }
    });`,
  // Asks SERVER for NAME over PROTOCOL, and prints how it was answered. A label may have `\\\\u0000` and the like.
  'ask.cjs': `
    const [server, protocol, type, name] = process.argv.slice(2);
    const TYPES = { A: 1, MX: 15, TXT: 16, PTR: 12, AAAA: 28, SVCB: 64, HTTPS: 65, ANY: 255 };
    const labels = name.split('.').filter(Boolean).map((label) => Buffer.from(JSON.parse('"' + label + '"'), 'latin1'));
    const query = Buffer.concat([
      Buffer.from([7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
      ...labels.flatMap((label) => [Buffer.from([label.length]), label]),
      Buffer.from([0, TYPES[type] >> 8, TYPES[type] & 255, 0, 1]),
    ]);
    const done = (text) => { console.log(text); process.exit(); };
    const told = (answer) => done('code ' + (answer[3] & 15) + ', ' + answer.readUInt16BE(6) + ' answers ' +
      answer.subarray(query.length).toString('latin1').replace(/[^ -~]/g, '.'));
    setTimeout(done, 3000, '(silence)');
    if (protocol === 'udp') {
      const socket = require('dgram').createSocket(server.includes(':') ? 'udp6' : 'udp4');
      socket.on('error', (error) => done(error.code));
      socket.on('message', told);
      socket.connect(53, server, () => socket.send(query));
    } else {
      const socket = require('net').connect(53, server);
      socket.on('error', (error) => done(error.code));
      socket.on('data', (data) => told(data.subarray(2)));
      socket.write(Buffer.concat([Buffer.from([0, query.length]), query]));
    }`,
};

/** Sends parts to a port: \`=\` and base64, \`+\` and text, \`:\`, \`end\`, or milliseconds. */
export const dial = (host: string, port: number, ...parts: string[]): string[] => [
  ...['node', 'dial.cjs', host, String(port), ...parts],
];
export const bytes = (content: Uint8Array): string => `=${Buffer.from(content).toString('base64')}`;
export const text = (content: string): string => bytes(Buffer.from(content, 'latin1'));

export const ask = (
  server: string,
  protocol: 'udp' | 'tcp',
  type: string,
  name: string,
): string[] => [...['node', 'ask.cjs', server, protocol, type, name]];

/** Why something was blocked, for each thing that was. */
export function reasons({ report }: Sealed): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  for (const { name, address, port, protocol, reason } of report.egress?.blocked ?? []) {
    const shown = `${name ?? address}${port === null ? '' : `:${port}`}/${protocol}`;
    (found[shown] ??= []).push(reason);
  }
  return found;
}
