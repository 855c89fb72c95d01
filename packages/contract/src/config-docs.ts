// docs/configuration.md, written from the schemas: `node packages/contract/src/config-docs.ts`
// prints it, and a test compares.
import { GATEWAY_CONFIG, UNIT_CONFIG } from './config.ts';
import { type DocumentedField, fieldsOf, treeOf } from './schema-tree.ts';

const HEAD = `# Configuration

<!-- Written from packages/contract/src/config.ts. To change it, change the schema and run
     node packages/contract/src/config-docs.ts > docs/configuration.md -->

One file a daemon, in YAML (JSON is YAML). Examples: \`deploy/examples/\`.

- \`rmh unit --config FILE --check\` and \`rmh gateway --config FILE --check\` check the file, the
  keys it names and their permissions, and exit with 0 or 2.
- Every error names file, line, field, what is wrong and what is expected; all are told at once.
  A field that does not exist is an error.
- Paths are relative to the file that names them.
- A key file holds one line of base64, belongs to the service's user and has mode 0600.
- In YAML, write IPv6 in quotes: \`"fd80::1/128"\`.
- SIGHUP (\`systemctl reload\`) reads the file again. An invalid file is refused, and the old one
  stays in force. Live: gateways, units, links, lan, routes, classes, policy, record, log. Only at a
  restart: name in the history, tun, listen, statusSocket, stateDirectory, privateKeyFile, platform,
  page, gps; the log then says so (\`reload.restart_needed\`), but for the name.
- What the platform says is laid over the file: gateways or units with their keys, addresses inside
  the tunnel, and what can be configured there (docs/operations.md).

The unit should forward only into the tunnel: docs/operations.md has the firewall rules.
`;

const FROM_PLATFORM = `## What the platform sets, and when it holds

A configuration of the platform is checked whole before any of it holds; one that cannot be used
changes nothing and is reported as refused. Taken on trial, it holds as below; when it falls back,
what was before holds in the same way (docs/enrolment.md).
`;

/** Field of the platform's CONFIGURATION, from when it holds, what stays as it was. */
const PLATFORM_FIELDS = [
  [
    'policyText',
    'the next packet on, also for those that wait',
    'sessions, what was learned of the paths, what waits, the credit for copies',
  ],
  [
    'duplicateShareMost',
    'the next packet on',
    'as above; it overrules the share that the policy names',
  ],
  [
    'links[].enabled',
    "at once: the link's sockets are closed or opened",
    'what was on the road over it is sent again elsewhere',
  ],
  [
    'links[].monthlyMb',
    'at once; what was used is looked at each 5 s',
    'what links have used this month',
  ],
  [
    'preferGateway',
    'at once, where it names another one than before; after a start the first that answers carries',
    'make before break: no packet is lost',
  ],
  [
    'recordMb',
    'at once; 0 ends the recording',
    'the part that was being written is closed and packed',
  ],
  ['sampleKeepDays', 'the next sample on', 'samples beyond a smaller limit go, the oldest first'],
  ['reportPlace', 'the next sample and the next picture of now', 'what was said before'],
  ['logLevel', 'the next line', '–'],
  [
    'missions',
    'the next packet on, also of a vehicle that is on a mission',
    'as for `policyText`; the mission itself',
  ],
] as const;

const BUDGETS = `
A link that has used its \`monthlyMb\` (millions of bytes, both ways, headers counted, from midnight
in Norway on the first of the month) is spared until the month ends or the figure rises: critical
and realtime use it as before, interactive packets only while no other link carries, bulk never, and
the gateway does the same for what it sends ([PA-7] in docs/protocol.md). 0 spares a link always.

While the vehicle is on a mission, \`missions\` says for each urgency how what it sends is treated
instead: docs/policy.md. Which mission that is comes beside the configuration, and is no trial.

Nothing that the platform can set waits for a restart. Its gateways, keys and addresses come beside
it (docs/enrolment.md): gateways and keys hold at once, an address of the tunnel device only at the
next start.
`;

export function configurationPage(): string {
  const sections = [
    HEAD,
    FROM_PLATFORM,
    platformTable(),
    BUDGETS,
    '## unit.yaml\n',
    table(fieldsOf(treeOf(UNIT_CONFIG))),
    '\n## gateway.yaml\n',
    table(fieldsOf(treeOf(GATEWAY_CONFIG))),
    '\nA file in `unitsDirectory` holds the fields of one `units[]` entry at its top level.\n',
  ];
  return sections.join('\n');
}

function platformTable(): string {
  const rows = PLATFORM_FIELDS.map(([name, from, stays]) => `| \`${name}\` | ${from} | ${stays} |`);
  return ['| field | holds from | what stays |', '|---|---|---|', ...rows].join('\n');
}

function table(fields: readonly DocumentedField[]): string {
  const rows = fields.map(({ path, node, required }) => {
    const cells = [
      `\`${path}\``,
      node.description ?? '',
      node.expected ?? '',
      required ? 'required' : defaultOf(node.default),
    ];
    return `| ${cells.map(escaped).join(' | ')} |`;
  });
  return ['| field | meaning | value | default |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function defaultOf(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'object' && !Array.isArray(value)
    ? 'see its fields'
    : JSON.stringify(value);
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*');
}

if (import.meta.main) process.stdout.write(configurationPage());
