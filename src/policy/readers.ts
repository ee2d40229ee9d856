import { formatAddress, parseAddress } from './addresses.ts';
import { parseEntry, readLongEntry } from './entries.ts';
import { groupNamed } from './groups.ts';
import { forbiddenReason } from './forbidden.ts';
import { accept, refuse, shown, type Reading } from './reading.ts';
import type { EgressEntry, GroupEntry } from './types.ts';

export const NAME_PATTERN = '^[A-Za-z_][A-Za-z0-9_]*$';
export const GLOB_PATTERN = '^[A-Za-z_*?][A-Za-z0-9_*?]*$';

const NAME = new RegExp(NAME_PATTERN);
const GLOB = new RegExp(GLOB_PATTERN);
export const NAME_EXPECTED = 'a name of letters, digits and _ that does not start with a digit';
/** Without brackets, what follows the last colon of an IPv6 address belongs to it. */
const RESOLVER = /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:[\]]+))(?::(?<port>[1-9]\d{0,4}))?$/;
/** Narrower than the kernel's own rule; what else it would take nobody writes. */
const INTERFACE = /^[\w.@][\w.@-]{0,14}$/;
/** The kernel reads the highest number as "leave as it is". */
const LARGEST_ID = 2 ** 32 - 2;

/** One egress entry, or the word of a group. */
export function readAllowed(raw: unknown): Reading<EgressEntry | GroupEntry> {
  const name = typeof raw === 'string' ? groupNamed(raw) : null;
  return name === null ? readEntry(raw) : accept({ kind: 'group', name });
}

/** One egress entry, as text or in its long form; a list gets a word on the quotes that YAML needs. */
export function readEntry(raw: unknown): Reading<EgressEntry> {
  if (typeof raw === 'string' && groupNamed(raw) !== null)
    return refuse(
      `${shown(raw)} is a group, and groups are for \`network.allow\``,
      `an entry; a host of that name is {host: ${raw}}`,
    );
  if (typeof raw === 'string') return parseEntry(raw);
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw))
    return readLongEntry(raw as Record<string, unknown>);
  return refuse(
    `${shown(raw)} is not an egress entry`,
    Array.isArray(raw)
      ? 'an entry in quotes, like "[2001:db8::/32]:443"'
      : 'a name, an address or a network, like api.example.com:443 or 203.0.113.0/24:443',
  );
}

/** An address, with a port where it is not 53: `192.0.2.53`, `[2001:db8::53]:5353`. */
export function readResolver(raw: unknown): Reading<string> {
  const text = typeof raw === 'string' ? raw : '';
  const { bracketed, plain, port = '53' } = RESOLVER.exec(text)?.groups ?? {};
  const address = parseAddress(bracketed ?? plain ?? text);
  if (address === null || Number(port) > 65_535)
    return refuse(
      `${shown(raw)} is not a resolver`,
      'an address like 192.0.2.53 or [2001:db8::53]:5353',
    );
  const host = formatAddress(address);
  if (port === '53') return accept(host);
  return accept(`${address.family === 6 ? `[${host}]` : host}:${port}`);
}

/** A network interface's name, as the kernel takes it. */
export function readInterface(raw: unknown): Reading<string> {
  const ok = typeof raw === 'string' && INTERFACE.test(raw) && raw !== '.' && raw !== '..';
  return ok
    ? accept(raw)
    : refuse(
        `${shown(raw)} is not the name of an interface`,
        'a name like eth1, of up to 15 characters',
      );
}

/** An IPv4 address, or a netmask, in its dotted form. */
export function readQuad(raw: unknown): Reading<string> {
  const address = typeof raw === 'string' ? parseAddress(raw) : null;
  return address?.family === 4
    ? accept(formatAddress(address))
    : refuse(`${shown(raw)} is not an IPv4 address`, 'four numbers like 192.0.2.7');
}

/** A path as written. Every character but NUL may be in one. */
export function readPath(raw: unknown): Reading<string> {
  return typeof raw === 'string' && raw !== '' && !raw.includes('\0')
    ? accept(raw)
    : refuse(`${shown(raw)} is not a path`, 'a path that is not empty and has no NUL');
}

/** A user or group number other than root's. */
export function readId(raw: unknown): Reading<number> {
  if (raw === 0)
    return refuse(
      '`0` is root, whom the step must not be',
      `a whole number from 1 to ${LARGEST_ID}`,
    );
  return typeof raw === 'number' && Number.isInteger(raw) && raw >= 1 && raw <= LARGEST_ID
    ? accept(raw)
    : refuse(
        `${shown(raw)} is not a user or group number`,
        `a whole number from 1 to ${LARGEST_ID}`,
      );
}

/** A variable's name, or a glob of names. What a glob may not bring is left out when the names are known. */
export function readPass(raw: unknown): Reading<string> {
  if (typeof raw !== 'string' || !GLOB.test(raw)) {
    return refuse(
      `${shown(raw)} is not a variable name or glob`,
      `${NAME_EXPECTED}, or a glob like CARGO_*`,
    );
  }
  const reason = /[*?]/.test(raw) ? null : forbiddenReason(raw, 'pass');
  return reason === null
    ? accept(raw)
    : refuse(`\`${raw}\` must not be passed: ${reason}`, instead(raw));
}

/** A variable that may be set can still come in, where somebody writes down that it is meant to. */
function instead(name: string): string {
  return forbiddenReason(name, 'set') === null
    ? `\`environment.set\` with a value for \`${name}\`, if the step is to have it`
    : 'another variable';
}

/** The value of `name`; numbers and true or false become text. */
export function readVariable(name: string, raw: unknown): Reading<string> {
  if (!NAME.test(name)) return refuse(`${shown(name)} is not a variable name`, NAME_EXPECTED);
  const reason = forbiddenReason(name, 'set');
  if (reason !== null) return refuse(`\`${name}\` must not be set: ${reason}`, 'another variable');
  if (typeof raw !== 'string' && typeof raw !== 'number' && typeof raw !== 'boolean') {
    return refuse(`${shown(raw)} is not a value for a variable`, 'text, a number, true or false');
  }
  const text = String(raw);
  return text.includes('\0')
    ? refuse(`the value of \`${name}\` has a NUL`, 'text without NUL')
    : accept(text);
}
