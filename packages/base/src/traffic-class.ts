/** The four traffic classes, most urgent first (docs/glossary.md). */
export const TrafficClass = { critical: 0, realtime: 1, interactive: 2, bulk: 3 } as const;
export type TrafficClass = (typeof TrafficClass)[keyof typeof TrafficClass];

export const TRAFFIC_CLASS_NAMES = ['critical', 'realtime', 'interactive', 'bulk'] as const;
export type TrafficClassName = (typeof TRAFFIC_CLASS_NAMES)[number];
