export { runAudit } from './audit/command.ts';
export { runPlatform } from './main.ts';
export { type Platform, type PlatformOptions, startPlatform } from './program.ts';
export { PLATFORM_SETTINGS, type PlatformSettings } from './settings.ts';
