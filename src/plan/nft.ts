/** Our own table; whatever else the machine has, a new network namespace does not. */
export const TABLE = 'glovebox';
/** One netlink transaction holds about 5,000 elements; more is "Message too long". */
export const ELEMENTS_PER_TRANSACTION = 2000;
