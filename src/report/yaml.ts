/** What YAML, also an old one, reads as null, a boolean or a number. */
const NO_TEXT =
  /^(?:null|true|false|yes|no|on|off|y|n|[-+]?(?:0x[\da-f_]+|0o?[0-7_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?))$/i;
/** In YAML a leading sign may mean something, and a colon at the end makes a map. */
const SIGNS = /^[^\p{L}\p{N}_]|:$/u;

/** An entry as an item of a YAML list; the long form is YAML already. */
export function yamlText(entry: string): string {
  return entry.startsWith('{') || !isMoreThanText(entry) ? entry : `'${entry}'`;
}

/** A name as a value in YAML. */
export function yamlName(name: string): string {
  return isMoreThanText(name) ? `'${name}'` : name;
}

function isMoreThanText(text: string): boolean {
  return NO_TEXT.test(text) || SIGNS.test(text);
}
