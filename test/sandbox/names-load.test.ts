import { describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { bare, bash, CLI, NODE, PORTS, seal, sealInBackground } from '../lab/glovebox.ts';
import { curl, hello } from '../lab/internet.ts';
import { allowing } from './name-attacks.ts';
import { node, perl } from './network-attacks.ts';

// Much of everything: the gateway holds, and what it keeps is bounded.

const ALLOWED = 'allowed.example.com';
const MIB = 1 << 20;
/** What the record of names has room for. */
const LISTED = 1024;

/** Runs, and looks at how much memory the supervisor had at its most, in bytes. */
async function weighed(options: readonly string[], command: readonly string[]) {
  const child = sealInBackground(options, command);
  const streams = [child.stdout, child.stderr].filter((one) => one !== null);
  const output = Promise.all(streams.map(async (one) => await text(one)));
  let peak = 0;
  const clock = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
    } catch {
      // It has ended.
    }
  }, 50);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(clock);
  const [stdout = '', stderr = ''] = await output;
  return { code, stdout, stderr, peak };
}

/** Asks for the address of each name, many at a time and again where no answer comes; prints a count of the codes. */
const asking = (count: number, name: string): string[] =>
  perl(`
    use Socket;
    alarm 40;
    socket(S, AF_INET, SOCK_DGRAM, 0);
    connect(S, pack_sockaddr_in(53, inet_aton('198.18.0.1')));
    my (%code, %left);
    $left{$_} = 1 for 1 .. ${count};
    for my $round (1 .. 20) {
      my @some = sort { $a <=> $b } keys %left or last;
      while (my @burst = splice @some, 0, 40) {
        for my $id (@burst) {
          my @labels = split /\\./, '${name}' =~ s/\\*/"n$id"/er;
          send(S, pack('n6', $id, 256, 1, 0, 0, 0) . join('', map { pack('C/a*', $_) } @labels) . pack('Cnn', 0, 1, 1), 0);
        }
        while (grep { $left{$_} } @burst) {
          vec(my $ready = '', fileno(S), 1) = 1;
          last unless select($ready, undef, undef, 1);
          sysread(S, my $answer, 512) or last;
          my ($id, $flags) = unpack('n2', $answer);
          $code{$flags & 15}++ if delete $left{$id};
        }
      }
    }
    print join(' ', map { "$_:$code{$_}" } sort keys %code), "\\n";`);

describe('a policy', () => {
  it('of ten thousand names and fifty wildcards is as quick as it is long', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `name${index}.example.net:443,8443`);
    const wildcards = Array.from({ length: 50 }, (_, index) => `*.zone${index}.example.org`);
    names.splice(5000, 0, ALLOWED);
    wildcards.splice(25, 0, '*.wild.example.com');
    const fetching = curl(`https://${ALLOWED}`, 'https://x.deep.wild.example.com').join(' ');
    const asked = [
      'name9999.example.net',
      'x.zone49.example.org',
      'name10000.example.net',
      'zone3.example.org',
    ];
    const ran = seal(
      allowing([...names, ...wildcards]),
      bash(
        `${fetching}; for name in ${asked.join(' ')}; do getent ahostsv4 $name > /dev/null; echo $?; done`,
      ),
    );
    expect(ran.stdout).toBe(`${hello(ALLOWED)}${hello('x.deep.wild.example.com')}0\n0\n2\n2\n`);
    expect(ran.report.egress?.blocked.map(({ name }) => name).toSorted()).toEqual([
      'name10000.example.net',
      'zone3.example.org',
    ]);
  });
});

describe('at one time', () => {
  const MANY = 300;

  it('hundreds of connections are held, and none is mixed up with another', async () => {
    const step = node(`
      const net = require('net');
      let answered = 0;
      const sockets = Array.from({ length: ${MANY} }, (_, index) => {
        const socket = net.connect(${PORTS.database}, '${ALLOWED}');
        const mine = 'I am ' + index + '.' + 'x'.repeat(3000) + '|';
        let seen = '';
        socket.on('error', (error) => console.log(error.code));
        socket.on('data', (data) => {
          seen += data;
          if (!seen.endsWith('|')) return;
          if (seen.endsWith('\\n' + mine)) answered += 1;
          else console.log('mixed up');
          if (answered < ${MANY}) return;
          console.log('all are open: ' + sockets.every((one) => one.readyState === 'open'));
          process.exit();
        });
        socket.on('connect', () => socket.write(mine));
        return socket;
      });
      setTimeout(() => { console.log(answered); process.exit(1); }, 30000);`);
    const entry = { host: ALLOWED, port: PORTS.database, tls: 'off' };
    const { code, stdout, stderr, peak } = await weighed(allowing([entry]), step);
    expect([stdout, code, stderr]).toEqual(['all are open: true\n', 0, expect.any(String)]);
    expect(peak).toBeLessThan(400 * MIB);
  });
});

describe('a flood of look-ups', () => {
  it('of many names is answered, recorded within bounds, and counted past them', () => {
    const ran = seal(
      allowing([ALLOWED], { 'on-blocked': 'warn' }),
      asking(2000, 'secret-*.example.net'),
    );
    expect(ran.stdout).toBe('3:2000\n');
    expect(ran.code).toBe(0);
    const { blocked = [], blockedNotListed = 0 } = ran.report.egress ?? {};
    expect(blocked).toHaveLength(LISTED);
    expect(
      blocked.reduce((sum, { count }) => sum + count, blockedNotListed),
    ).toBeGreaterThanOrEqual(2000);
    expect(ran.stderr.split('\n').length).toBeLessThan(50);
    expect(ran.report.enforced.network).toBe(true);
  });

  it('below a wildcard opens a door for each, and they lead somewhere', () => {
    const fetching = curl('https://n7.wild.example.com', 'https://n199.wild.example.com').join(' ');
    const ran = seal(
      allowing(['*.wild.example.com']),
      bash(`"$@"; ${fetching}`).concat('bash', ...asking(200, '*.wild.example.com')),
    );
    expect(ran.stdout).toBe(
      `0:200\n${hello('n7.wild.example.com')}${hello('n199.wild.example.com')}`,
    );
    expect(ran.code).toBe(0);
  });

  it('that does not wait for answers costs the step its answers, and nobody anything', async () => {
    const step = perl(`
      use Socket;
      socket(S, AF_INET, SOCK_DGRAM, 0);
      connect(S, pack_sockaddr_in(53, inet_aton('198.18.0.1')));
      my $label = 'x' x 60;
      for my $id (1 .. 30000) {
        my $name = join('', map { pack('C/a*', $_) } "n$id", $label, $label, $label, $id % 2 ? ('wild', 'example', 'com') : ('net'));
        send(S, pack('n6', $id & 65535, 256, 1, 0, 0, 0) . $name . pack('Cnn', 0, 1, 1), 0);
      }
      sleep 1;
      print "done\\n";`);
    const options = allowing(['*.wild.example.com'], { 'on-blocked': 'ignore' });
    const { code, stdout, peak } = await weighed(options, step);
    expect([stdout, code]).toEqual(['done\n', 0]);
    expect(peak).toBeLessThan(500 * MIB);
  });
});

describe('where few files may be open', () => {
  it('names past those are put off, and the run goes on', () => {
    const options = allowing(['*.wild.example.com', ALLOWED]);
    const step = bash(`${curl(`https://${ALLOWED}`).join(' ')}; "$@"; exit 0`).concat(
      'bash',
      ...asking(150, '*.wild.example.com'),
    );
    const limited = ['prlimit', '--nofile=120:120', NODE, CLI, 'run', ...options, '--', ...step];
    const ran = bare(limited);
    expect(ran.stdout).toMatch(/^hello from .*\n0:\d+ 2:\d+\n$/);
    expect(ran.stderr).not.toContain('    at ');
    expect(ran.code).toBe(0);
  });
});
