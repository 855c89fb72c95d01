import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DaemonStatus, RmhError } from '@rmh/contract';
import { languageOf } from './status.ts';
import { renderStatus } from './status-text.ts';

const PATH = { minRttMs: 30, bytesDuplicated: 2048, packetsSent: 9, packetsLost: 1, mtu: 1400 };
const STATUS: DaemonStatus = {
  format: 1,
  role: 'unit',
  name: 'amb-1',
  version: '0.1.0',
  state: 'running',
  problems: [{ code: 'RMH_NET_FAILED', message: 'address 10.1.0.1/24 lan0', hint: 'waits' }],
  startedAt: '2026-11-23T10:00:00.000Z',
  uptimeSeconds: 7200,
  configHash: '0123456789abcdef',
  links: [
    { name: 'telenor', device: 'wwan0', state: 'used', addresses: ['10.9.0.2/30'] },
    { name: 'telia', device: 'wwan1', state: 'no-carrier', addresses: [] },
  ],
  dataplane: {
    nowUs: 0,
    role: 'unit',
    tun: { name: 'rmh0', mtu: 1340 },
    gatewaySwitches: 0,
    drops: { 'replay.old': 3, 'wire.short': 0 },
    cpuUs: 1,
    peers: [
      {
        name: 'oslo\u001b[31m',
        state: 'established',
        active: true,
        draining: false,
        handshakes: 1,
        lastHandshakeAgeMs: 61_000,
        multipath: true,
        paths: [
          {
            id: 1,
            link: 'telenor',
            remote: '192.0.2.1:1',
            state: 'suspect',
            rttMs: 41.6,
            lossPct: 1.25,
            bytesSent: 1_500_000,
            bytesReceived: 900,
            suspicions: 2,
            ...PATH,
          } as const,
        ],
        classes: [
          {
            name: 'critical',
            sent: 10,
            received: 9,
            repaired: 1,
            duplicatesDropped: 4,
            reordered: 0,
            late: 0,
          },
        ],
      },
    ],
  },
};

test('the text names every state by a word, in both languages', () => {
  const en = renderStatus(STATUS, 'en');
  for (const word of ['● running', '● in use', '✗ no carrier', '! suspect', '42 ms', '1.5 MB']) {
    assert.ok(en.includes(word), `${word} in\n${en}`);
  }
  const nb = renderStatus(STATUS, 'nb');
  for (const word of ['● i drift', '✗ ingen bærer', '! mistenkt', 'håndtrykk 61 s siden']) {
    assert.ok(nb.includes(word), `${word} in\n${nb}`);
  }
  assert.ok(en.includes('replay.old 3') && !en.includes('wire.short'));
});

test('a data budget is told with what is left, and in words from four fifths on', () => {
  const [first, second] = STATUS.links;
  assert.ok(first && second);
  const with_ = (monthBytes: number) => {
    const data = { monthBytes, monthlyBytes: 20e9, spent: monthBytes >= 20e9 };
    return renderStatus({ ...STATUS, links: [{ ...first, data }, second] }, 'nb');
  };
  assert.match(with_(5e9), / {2}5\.0 GB av 20\.0 GB \(25 %\), 15\.0 GB igjen\n/);
  assert.match(with_(16.2e9), /! snart brukt opp: 16\.2 GB av 20\.0 GB \(81 %\), 3\.8 GB igjen/);
  assert.match(with_(20.1e9), /✗ brukt opp, bare kritisk og sanntid: .*\(100 %\), 0 B igjen/);
  assert.ok(!renderStatus(STATUS, 'nb').includes('data denne måneden'), 'no budget, no column');
});

test('a mission stands at the top, with what is left of it', () => {
  const out: DaemonStatus = { ...STATUS, mission: { urgency: 'acute', leftSeconds: 1_150 } };
  assert.match(
    renderStatus(out, 'nb'),
    /^Enhet amb-1: ● i drift · oppdrag: akutt, 19 min igjen · /,
  );
  assert.match(renderStatus(out, 'en'), /mission: acute, 19 min left/);
  assert.ok(!renderStatus(STATUS, 'nb').includes('oppdrag'), 'none, no word of it');
});

test('no control character of a name reaches the terminal', () => {
  // biome-ignore lint: the control characters are the point
  assert.doesNotMatch(renderStatus(STATUS, 'en').replaceAll('\n', ''), /\p{Cc}/u);
});

test('a status without data plane says so', () => {
  assert.match(renderStatus({ ...STATUS, dataplane: null }, 'en'), /data plane is not running/);
});

test('the language comes from --lang, else from the locale', () => {
  assert.equal(languageOf('nb', {}), 'nb');
  assert.equal(languageOf(undefined, { LANG: 'nb_NO.UTF-8' }), 'nb');
  assert.equal(languageOf(undefined, { LANG: 'nb_NO.UTF-8', LC_ALL: 'C' }), 'en');
  assert.equal(languageOf(undefined, {}), 'en');
  assert.throws(() => languageOf('sv', {}), RmhError);
});

test('nobody on the socket is exit 1 with a hint', () => {
  const args = [join(import.meta.dirname, 'main.ts'), 'status', '--socket', '/nonexistent/s'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /RMH_NOT_RUNNING/);
});
