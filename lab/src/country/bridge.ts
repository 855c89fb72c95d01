// Joins two networks for one service: whoever connects here is connected there. The namespaces of a
// run have no way out; a socket in the file system is the one door between them and the platform.
import { connect, createServer, type Socket } from 'node:net';

export type Place = { readonly host: string; readonly port: number } | { readonly path: string };

export interface Bridge {
  /** Ends what it has joined, too. */
  close(): void;
}

/** Units hold a few connections each, and nine vehicles are the most of a run. */
const CONNECTIONS_MAX = 256;

/** Resolves when it listens. */
export async function openBridge(here: Place, there: Place): Promise<Bridge> {
  const sockets = new Set<Socket>();
  const tie = (one: Socket, other: Socket) => {
    sockets.add(one);
    one.on('error', () => other.destroy());
    one.on('close', () => {
      sockets.delete(one);
      other.destroy();
    });
  };
  const server = createServer({ allowHalfOpen: false }, (near) => {
    const far = connect(there);
    tie(near, far);
    tie(far, near);
    near.pipe(far).pipe(near);
  });
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(here, () => resolve());
  });
  return {
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
