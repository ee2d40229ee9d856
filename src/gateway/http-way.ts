import { Agent, type ClientRequestArgs } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface HttpWayOptions {
  readonly connect: () => Promise<Socket>;
  readonly opened: () => void;
  readonly moved: (bytes: { readonly up: number; readonly down: number }) => void;
  /** The way has ended, or never came to be. */
  readonly closed: () => void;
  /** Milliseconds between two accounts of the bytes of a connection that stays open. */
  readonly accountEveryMs: number;
}

const KEEP_ALIVE_MS = 60_000;

type Created = (error: Error | null, socket: Duplex) => void;

/** Beside an error Node looks for no socket. */
const NO_SOCKET = undefined as unknown as Duplex;

/**
 * One connection to a destination, made for the first request, and never a second: when it ends, the
 * step's ends too, and the step sees what it would see without a gateway.
 */
export class HttpWay extends Agent {
  readonly #options: HttpWayOptions;
  #asked = false;
  #over = false;
  #socket: Socket | null = null;
  #closeAccount = (): void => {};

  constructor(options: HttpWayOptions) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#options = options;
  }

  /** Nothing more can go this way. */
  get over(): boolean {
    return this.#over;
  }

  override createConnection(_options: ClientRequestArgs, created?: Created): undefined {
    void this.#open(created ?? (() => {}));
  }

  /** No idle time-out of ours: both ends have their own. */
  override keepSocketAlive(): boolean {
    return true;
  }

  /** The socket is somebody else's from here on, and so is the account of its bytes. */
  giveAway(): void {
    this.#over = true;
    this.#socket = null;
    this.#closeAccount();
  }

  override destroy(): void {
    this.#over = true;
    this.#socket?.destroy();
    super.destroy();
  }

  async #open(created: Created): Promise<void> {
    try {
      if (this.#asked) throw new Error('the connection has ended');
      this.#asked = true;
      const socket = await this.#options.connect();
      // Whoever asked may have gone meanwhile.
      if (this.#over) {
        socket.destroy();
        throw new Error('nobody waits for the connection any more');
      }
      this.#use(socket);
      created(null, socket);
    } catch (error) {
      created(error instanceof Error ? error : new Error(String(error)), NO_SOCKET);
    }
  }

  #use(socket: Socket): void {
    this.#socket = socket;
    socket.setNoDelay(true);
    // A way through a NAT stays open.
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const end = (): void => {
      this.#over = true;
      this.#options.closed();
    };
    // Between two requests nobody else listens.
    socket.on('error', () => {});
    socket.on('end', end);
    socket.on('close', end);
    this.#options.opened();
    this.#account(socket);
  }

  #account(socket: Socket): void {
    let up = socket.bytesWritten;
    let down = socket.bytesRead;
    const tell = (): void => {
      const moved = { up: socket.bytesWritten - up, down: socket.bytesRead - down };
      if (moved.up === 0 && moved.down === 0) return;
      up = socket.bytesWritten;
      down = socket.bytesRead;
      this.#options.moved(moved);
    };
    const clock = setInterval(tell, this.#options.accountEveryMs).unref();
    const close = (): void => {
      socket.off('close', close);
      clearInterval(clock);
      tell();
    };
    socket.on('close', close);
    this.#closeAccount = close;
  }
}
