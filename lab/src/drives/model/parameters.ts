import parameters from './parameters.json' with { type: 'json' };

export { parameters };
export type ProfileName = keyof typeof parameters.profiles;
export type Profile = (typeof parameters.profiles)[ProfileName];
export type CarrierName = keyof typeof parameters.carriers;
export type CarrierParameters = (typeof parameters.carriers)[CarrierName];

export const PROFILES = Object.keys(parameters.profiles) as ProfileName[];
export const CARRIERS = Object.keys(parameters.carriers) as CarrierName[];

export function isProfile(name: string): name is ProfileName {
  return Object.hasOwn(parameters.profiles, name);
}
