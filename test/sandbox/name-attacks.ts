import { chmodSync } from 'node:fs';
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
function prepared(attempts: Attempts): string {
  const directory = workspace({ ...FILES, 'all.sh': together(attempts) });
  // With the host's own file tree the step enters it under another uid.
  chmodSync(directory, 0o755);
  return directory;
}

/** Perl, because it starts in a tenth of the time that Node takes. */
const FILES: Readonly<Record<string, string>> = {
  // Sends parts, and prints what comes, until the end or until nothing does.
  'dial.pl': `
    use Socket;
    $| = 1;
    binmode(STDOUT, ':utf8');
    $SIG{PIPE} = 'IGNORE';
    my ($host, $port, @parts) = @ARGV;
    my $patience = ($ENV{QUIET_MS} // 2000) / 1000;
    sub done { print "\\n$_[0]\\n"; exit }
    sub failed { done((grep { $!{$_} } keys %!)[0]) }
    sub take {
      vec(my $ready = '', fileno(S), 1) = 1;
      done('(silence)') unless select($ready, undef, undef, $patience);
      my $count = sysread(S, my $data, 65536) // failed();
      done('(end)') if $count == 0;
      print $data;
      $patience = 0.8;
    }
    my $address = inet_aton($host) or done('no such name');
    socket(S, AF_INET, SOCK_STREAM, 0) && connect(S, pack_sockaddr_in($port, $address)) or failed();
    for (@parts) {
      if (/^\\d+$/) { select(undef, undef, undef, $_ / 1000) }
      elsif ($_ eq ':') { take() }
      elsif ($_ eq 'end') { shutdown(S, 1) }
      else {
        my $data = pack('H*', substr($_, 1));
        while (length $data) { substr($data, 0, syswrite(S, $data) // failed()) = '' }
      }
    }
    take() while 1;`,
  // Asks SERVER for NAME over PROTOCOL, and prints how it was answered.
  'ask.pl': `
    use Socket qw(:all);
    alarm 10;
    my ($server, $protocol, $type, $name) = @ARGV;
    my %types = (A => 1, PTR => 12, MX => 15, TXT => 16, AAAA => 28, SVCB => 64, HTTPS => 65, ANY => 255);
    my @labels = map { s/\\\\u(....)/chr hex $1/ger } split /\\./, $name;
    my $query = pack('n6', 1799, 256, 1, 0, 0, 0) . join('', map { pack('C/a*', $_) } @labels) . pack('Cnn', 0, $types{$type}, 1);
    my $family = $server =~ /:/ ? AF_INET6 : AF_INET;
    my $address = inet_pton($family, $server);
    my $to = $family == AF_INET ? pack_sockaddr_in(53, $address) : pack_sockaddr_in6(53, $address);
    sub failed { print((grep { $!{$_} } keys %!)[0]); exit }
    socket(S, $family, $protocol eq 'udp' ? SOCK_DGRAM : SOCK_STREAM, 0) && connect(S, $to) or failed();
    syswrite(S, $protocol eq 'udp' ? $query : pack('n/a*', $query)) or failed();
    sysread(S, my $answer, 4096) or failed();
    $answer = substr($answer, 2) if $protocol eq 'tcp';
    my (undef, $flags, undef, $count) = unpack('n4', $answer);
    printf "code %d, %d answers", $flags & 15, $count;`,
};

/** Sends parts to a port: of `bytes` or `text`, `:` to wait for something, `end`, or milliseconds. */
export const dial = (host: string, port: number, ...parts: string[]): string[] => [
  ...['perl', 'dial.pl', host, String(port), ...parts],
];
export const bytes = (content: Uint8Array): string => `=${Buffer.from(content).toString('hex')}`;
export const text = (content: string): string => bytes(Buffer.from(content, 'latin1'));

/** `\u0000` and the like stand for bytes of a label. */
export const ask = (
  server: string,
  protocol: 'udp' | 'tcp',
  type: string,
  name: string,
): string[] => [...['perl', 'ask.pl', server, protocol, type, name]];

/** Why something was blocked, for each thing that was. */
export function reasons({ report }: Sealed): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  for (const { name, address, port, protocol, reason } of report.egress?.blocked ?? []) {
    const shown = `${name ?? address}${port === null ? '' : `:${port}`}/${protocol}`;
    (found[shown] ??= []).push(reason);
  }
  return found;
}
