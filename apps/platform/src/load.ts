// platform.yaml, and the files that it names, as settings; or everything that is wrong with them.
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { faultsOf, lineOf, RmhError } from '@rmh/contract';
import { faultsError, locate, readSource } from '@rmh/contract/daemon';
import { PLATFORM_SETTINGS, type PlatformSettings } from './settings.ts';

/** Throws RmhError with every fault at its file and line. Paths come back absolute. */
export function loadSettings(file: string): PlatformSettings {
  const source = readSource(file);
  if (source.faults.length > 0) throw faultsError(source.faults);
  const value = source.value ?? {};
  const parsed = PLATFORM_SETTINGS.safeParse(value);
  if (!parsed.success) {
    const faults = faultsOf(PLATFORM_SETTINGS, value, parsed.error.issues);
    throw faultsError(faults.map((fault) => locate(source, fault)));
  }
  return withFiles(parsed.data, dirname(file));
}

function withFiles(settings: PlatformSettings, directory: string): PlatformSettings {
  const at = (path: string) => resolve(directory, path);
  const { databaseUrlFile, oidc, https } = settings;
  return {
    ...settings,
    ...(databaseUrlFile === undefined ? {} : { databaseUrl: readSecret(at(databaseUrlFile)) }),
    dataDirectory: at(settings.dataDirectory),
    oidc: oidc === null ? null : { ...oidc, keyFile: at(oidc.keyFile) },
    https:
      https === null
        ? null
        : {
            ...https,
            ...(https.certificateFile === undefined
              ? {}
              : { certificateFile: at(https.certificateFile) }),
            ...(https.keyFile === undefined ? {} : { keyFile: at(https.keyFile) }),
          },
  };
}

function readSecret(file: string): string {
  try {
    if ((statSync(file).mode & 0o077) !== 0) {
      throw new RmhError('RMH_KEY_EXPOSED', `${file} can be read by others`);
    }
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (error instanceof RmhError) throw error;
    throw new RmhError('RMH_KEY_UNREADABLE', `${file}: ${lineOf(error)}`, { cause: error });
  }
}
