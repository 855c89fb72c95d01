// Every address of the benches. All of it lives in namespaces of the run alone.

/** A car and a site: descriptors of two network namespaces. */
export interface Ground {
  readonly car: number;
  readonly site: number;
}

/** Device and address of each end of cable `i`. */
export const CABLES = [
  { carDevice: 'u1', siteDevice: 'g1', car: '192.0.2.9', site: '192.0.2.10' },
  { carDevice: 'u2', siteDevice: 'g2', car: '192.0.2.17', site: '192.0.2.18' },
] as const;

/** The site's own address, reached over every cable and carrier. */
export const SITE_OUTER = '198.18.0.1';

/** Inside our tunnel. */
export const INNER = { car: '10.100.0.1', site: '10.200.0.1' } as const;
/** Inside that of wireguard-go. */
export const WG_INNER = { car: '10.101.0.1', site: '10.201.0.1' } as const;

/** What both tunnels carry: fits an outer MTU of 1,500 with every header of ours. */
export const INNER_MTU = 1340;
