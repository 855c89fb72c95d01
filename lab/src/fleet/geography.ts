// Where Norway's ambulances are at home, for the simulated fleet. The four regional health
// authorities with their trusts, and for each trust the towns whose stations send vehicles out.
// Weights share a fleet so that the regions stand as in 2008 (Sør-Øst 197, Vest 82, Midt 94,
// Nord 125 ambulances); the call signs and vehicles are made up.
export interface Town {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly weight: number;
}

export interface Trust {
  readonly name: string;
  readonly shortName: string;
  readonly towns: readonly Town[];
}

export interface Region {
  readonly name: string;
  readonly shortName: string;
  /** What the region's share of all vehicles is. */
  readonly weight: number;
  readonly trusts: readonly Trust[];
}

const town = (name: string, latitude: number, longitude: number, weight = 1): Town => {
  return { name, latitude, longitude, weight };
};
const trust = (name: string, shortName: string, ...towns: Town[]): Trust => {
  return { name, shortName, towns };
};

export const REGIONS: readonly Region[] = [
  {
    name: 'Helse Nord RHF',
    shortName: 'Nord',
    weight: 125,
    trusts: [
      trust(
        'Finnmarkssykehuset HF',
        'Finnmark',
        town('Alta', 69.97, 23.27, 2),
        town('Hammerfest', 70.66, 23.68),
        town('Kirkenes', 69.73, 30.05),
        town('Karasjok', 69.47, 25.51),
        town('Vadsø', 70.07, 29.75),
        town('Lakselv', 70.05, 24.97),
      ),
      trust(
        'Universitetssykehuset Nord-Norge HF',
        'UNN',
        town('Tromsø', 69.65, 18.96, 4),
        town('Harstad', 68.8, 16.54, 2),
        town('Narvik', 68.44, 17.43),
        town('Finnsnes', 69.23, 17.98),
        town('Storslett', 69.77, 21.03),
      ),
      trust(
        'Nordlandssykehuset HF',
        'Nordland',
        town('Bodø', 67.28, 14.4, 3),
        town('Fauske', 67.26, 15.39),
        town('Stokmarknes', 68.56, 14.91),
        town('Leknes', 68.15, 13.61),
        town('Svolvær', 68.23, 14.57),
      ),
      trust(
        'Helgelandssykehuset HF',
        'Helgeland',
        town('Mo i Rana', 66.31, 14.14, 2),
        town('Mosjøen', 65.84, 13.19),
        town('Sandnessjøen', 66.02, 12.63),
        town('Brønnøysund', 65.47, 12.21),
      ),
    ],
  },
  {
    name: 'Helse Midt-Norge RHF',
    shortName: 'Midt-Norge',
    weight: 94,
    trusts: [
      trust(
        'Helse Nord-Trøndelag HF',
        'Nord-Trøndelag',
        town('Levanger', 63.75, 11.3, 2),
        town('Namsos', 64.47, 11.5),
        town('Steinkjer', 64.01, 11.5),
        town('Stjørdal', 63.47, 10.92),
        town('Grong', 64.46, 12.31),
      ),
      trust(
        'St. Olavs hospital HF',
        'St. Olavs',
        town('Trondheim', 63.43, 10.4, 6),
        town('Orkanger', 63.3, 9.85),
        town('Røros', 62.57, 11.38),
        town('Oppdal', 62.59, 9.69),
        town('Brekstad', 63.69, 9.67),
      ),
      trust(
        'Helse Møre og Romsdal HF',
        'Møre og Romsdal',
        town('Ålesund', 62.47, 6.15, 3),
        town('Molde', 62.74, 7.16, 2),
        town('Kristiansund', 63.11, 7.73, 2),
        town('Volda', 62.15, 6.07),
        town('Sunndalsøra', 62.67, 8.56),
      ),
    ],
  },
  {
    name: 'Helse Vest RHF',
    shortName: 'Vest',
    weight: 82,
    trusts: [
      trust(
        'Helse Førde HF',
        'Førde',
        town('Førde', 61.45, 5.86, 2),
        town('Florø', 61.6, 5.03),
        town('Nordfjordeid', 61.91, 5.99),
        town('Lærdal', 61.1, 7.48),
        town('Sogndal', 61.23, 7.1),
      ),
      trust(
        'Helse Bergen HF',
        'Bergen',
        town('Bergen', 60.39, 5.32, 6),
        town('Voss', 60.63, 6.42),
        town('Knarvik', 60.55, 5.28),
        town('Sotra', 60.36, 5.1),
      ),
      trust(
        'Helse Fonna HF',
        'Fonna',
        town('Haugesund', 59.41, 5.27, 2),
        town('Stord', 59.78, 5.5),
        town('Odda', 60.07, 6.55),
      ),
      trust(
        'Helse Stavanger HF',
        'Stavanger',
        town('Stavanger', 58.97, 5.73, 4),
        town('Sandnes', 58.85, 5.74, 2),
        town('Egersund', 58.45, 6),
        town('Jørpeland', 59.02, 6.05),
      ),
    ],
  },
  {
    name: 'Helse Sør-Øst RHF',
    shortName: 'Sør-Øst',
    weight: 197,
    trusts: [
      trust(
        'Sørlandet sykehus HF',
        'Sørlandet',
        town('Kristiansand', 58.15, 8, 4),
        town('Arendal', 58.46, 8.77, 2),
        town('Flekkefjord', 58.3, 6.66),
        town('Evje', 58.59, 7.8),
      ),
      trust(
        'Sykehuset Telemark HF',
        'Telemark',
        town('Skien', 59.21, 9.61, 3),
        town('Notodden', 59.56, 9.26),
        town('Seljord', 59.49, 8.63),
        town('Kragerø', 58.87, 9.41),
      ),
      trust(
        'Sykehuset i Vestfold HF',
        'Vestfold',
        town('Tønsberg', 59.27, 10.41, 3),
        town('Larvik', 59.05, 10.03),
        town('Sandefjord', 59.13, 10.22),
      ),
      trust(
        'Vestre Viken HF',
        'Vestre Viken',
        town('Drammen', 59.74, 10.2, 3),
        town('Kongsberg', 59.67, 9.65),
        town('Hønefoss', 60.17, 10.26),
        town('Bærum', 59.89, 10.52, 2),
        town('Gol', 60.7, 8.95),
      ),
      trust(
        'Sykehuset Innlandet HF',
        'Innlandet',
        town('Lillehammer', 61.12, 10.47, 2),
        town('Hamar', 60.79, 11.07, 2),
        town('Gjøvik', 60.8, 10.69, 2),
        town('Elverum', 60.88, 11.56),
        town('Tynset', 62.28, 10.78),
        town('Fagernes', 60.99, 9.23),
        town('Otta', 61.77, 9.54),
        town('Kongsvinger', 60.19, 12),
      ),
      trust(
        'Sykehuset Østfold HF',
        'Østfold',
        town('Sarpsborg', 59.28, 11.11, 3),
        town('Fredrikstad', 59.22, 10.93, 2),
        town('Halden', 59.12, 11.39),
        town('Moss', 59.43, 10.66),
      ),
      trust(
        'Akershus universitetssykehus HF',
        'Ahus',
        town('Lørenskog', 59.93, 10.99, 3),
        town('Jessheim', 60.14, 11.17, 2),
        town('Ski', 59.72, 10.84),
        town('Eidsvoll', 60.33, 11.26),
      ),
      trust(
        'Oslo universitetssykehus HF',
        'OUS',
        town('Oslo sentrum', 59.91, 10.75, 4),
        town('Ullevål', 59.94, 10.74, 3),
        town('Aker', 59.94, 10.8, 2),
        town('Lambertseter', 59.87, 10.81, 2),
      ),
    ],
  },
];

export interface Home {
  readonly region: number;
  readonly trust: number;
  readonly town: Town;
}

/** Of each region the one with the most vehicles, with the short name of its trust. */
export function largestTowns(): { readonly trust: string; readonly town: Town }[] {
  return REGIONS.map(({ trusts }) => {
    const all = trusts.flatMap(({ shortName, towns }) =>
      towns.map((one) => ({ trust: shortName, town: one })),
    );
    return all.reduce((best, each) => (each.town.weight > best.town.weight ? each : best));
  });
}

/** One home a vehicle, shared out by weight: the same for the same number, whatever the machine. */
export function homesOf(vehicles: number): Home[] {
  const all = REGIONS.flatMap(({ trusts, weight }, region) => {
    const sum = trusts
      .flatMap(({ towns }) => towns)
      .reduce((total, each) => total + each.weight, 0);
    return trusts.flatMap(({ towns }, trustIndex) =>
      towns.map((each) => ({
        home: { region, trust: trustIndex, town: each },
        share: (weight * each.weight) / sum,
      })),
    );
  });
  const total = all.reduce((sum, { share }) => sum + share, 0);
  const homes: Home[] = [];
  let reached = 0;
  for (const { home, share } of all) {
    reached += (share / total) * vehicles;
    while (homes.length < Math.round(reached)) homes.push(home);
  }
  return homes;
}
