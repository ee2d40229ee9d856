import { type Lab, openLab, tell } from './http-lab.ts';
import { type Shape, SHAPES } from './http-shapes.ts';

/** How shapes are cut on their way: parsers differ most where a piece ends. */
const CUTS = {
  whole: (sent: string) => [sent],
  'byte by byte': (sent: string) => (sent.length > 500 ? [sent] : sent.split('')),
} as const;

const NEXT = 'GET /next HTTP/1.1\r\nHost: site.example.com\r\nConnection: close\r\n\r\n';

/** What is wrong, one line for each shape. After every shape comes a good request. */
export async function faultsOfShapes(): Promise<string[]> {
  const faults: string[] = [];
  for (const [cut, pieces] of Object.entries(CUTS))
    for (const shape of SHAPES) {
      const lab = await openLab();
      const heard = await tell(lab.port, ...pieces(shape.sent + NEXT));
      const fault = faultOf(shape, heard, lab);
      if (fault !== null) faults.push(`${shape.name}, ${cut}: ${fault}: ${JSON.stringify(heard)}`);
      await lab.close();
    }
  return faults;
}

function faultOf(shape: Shape, heard: string, lab: Lab): string | null {
  const codes = lab.account.refused.map(({ code }) => code).join();
  if (codes !== (shape.code ?? '')) return `refused with ${codes || 'nothing'}`;
  const hosts = lab.received.map(({ headers }) => hostsOf(headers).join());
  if (!hosts.every((host) => /^site\.example\.com\.?(?::80)?$/i.test(host)))
    return `the destination saw ${hosts.join(' and ')}`;
  const statuses = [...heard.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status).join();
  if (shape.code === null) {
    const closes = shape.sent.includes('HTTP/1.0');
    if (statuses !== (closes ? '200' : '200,200')) return `answered with ${statuses}`;
    return lab.received.length === (closes ? 1 : 2) ? null : `${lab.received.length} arrived`;
  }
  if (statuses !== '400') return `answered with ${statuses}`;
  if (!heard.includes('Glovebox refused this request')) return 'nobody says who refused it';
  return lab.received.length === 0 ? null : `${lab.received.length} arrived`;
}

function hostsOf(headers: readonly string[]): string[] {
  return headers.filter((_, index) => index % 2 === 1 && /^host$/i.test(headers[index - 1] ?? ''));
}
