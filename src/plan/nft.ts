/** Our own table; whatever else the machine has, a new network namespace does not. */
export const TABLE = 'glovebox';
/** One netlink transaction holds about 5,000 elements; more is "Message too long". */
export const ELEMENTS_PER_TRANSACTION = 2000;

export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
