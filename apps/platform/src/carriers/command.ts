// `rmh platform evidence`: is a pack as the platform signed it? Needs the pack and the public key.
import { readFileSync } from 'node:fs';
import { RmhError } from '@rmh/contract';
import { EXIT } from '@rmh/contract/daemon';
import { verifyPack } from './pack.ts';

const FAULTS = {
  'not-canonical': 'no pack, or not as it was written',
  'other-key': 'signed with another key',
  altered: 'altered since it was signed',
} as const;

/** Returns the exit code. Throws RMH_USAGE where the file cannot be read. */
export function checkPack(file: string, publicKey: string): number {
  const verdict = verifyPack(textOf(file), publicKey);
  if (verdict.kind !== 'whole') {
    process.stderr.write(`${file}: ${FAULTS[verdict.kind]}\n`);
    return EXIT.cannotHeal;
  }
  const { caseId, version, carrier, frozenAt } = verdict.pack.evidence;
  const what = `case ${caseId}, version ${version}, ${carrier.name}, frozen ${frozenAt}`;
  process.stdout.write(`whole: ${what}\n`);
  return EXIT.done;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new RmhError('RMH_USAGE', `${file} cannot be read`, { cause: error });
  }
}
