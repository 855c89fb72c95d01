// The inner half: `node bridge-main.ts HOST PORT SOCKET`, in the namespace of Helsenettet.
import { openBridge } from './bridge.ts';

const [host = '', port = '', path = ''] = process.argv.slice(2);
await openBridge({ host, port: Number(port) }, { path });
process.stdout.write('ready\n');
