import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openBridge } from './bridge.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-bridge-'));
after(() => rmSync(folder, { recursive: true }));

test('A bridge carries both ways, and closing it ends what it joined', async () => {
  const echo = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', () => resolve()));
  const { port } = echo.address() as AddressInfo;
  const path = join(folder, 'door.sock');
  const bridge = await openBridge({ path }, { host: '127.0.0.1', port });
  const socket = connect({ path });
  socket.write('hei');
  const [said] = await once(socket, 'data');
  assert.equal(String(said), 'hei');
  const closed = once(socket, 'close');
  bridge.close();
  await closed;
  echo.close();
});

test('A bridge whose far end is not there closes the near end', async () => {
  const path = join(folder, 'nobody.sock');
  const bridge = await openBridge({ path }, { path: join(folder, 'absent.sock') });
  const socket = connect({ path });
  await once(socket, 'close');
  bridge.close();
});
