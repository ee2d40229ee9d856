/** The secrets of a job, and the spellings in which the runner hides them. */
export class Masks {
  private readonly values = new Set<string>();

  /** A value of several lines is hidden as a whole and line by line, as a log is written by lines. */
  add(value: string): void {
    for (const part of [value, ...value.split(/[\r\n]+/)]) {
      if (part.trim() === '') continue;
      for (const spelling of spellings(part)) this.values.add(spelling);
    }
  }

  hide(text: string): string {
    const longestFirst = [...this.values].sort((one, other) => other.length - one.length);
    return longestFirst.reduce((hidden, value) => hidden.replaceAll(value, '***'), text);
  }
}

function spellings(value: string): string[] {
  const bytes = Buffer.from(value);
  return [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    // Inside a longer text, base64 of the value depends on how many bytes stand before it.
    ...[0, 1, 2].map((skipped) => base64Middle(bytes.subarray(skipped))),
  ].filter((spelling) => spelling !== '');
}

/** Without the end that what follows would change. */
function base64Middle(bytes: Buffer): string {
  return bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64');
}
