/**
 * For tables whose rows hold what an organisation and all below it have together: which of them to
 * add up. The highest that the transaction sees at or below the organisation `wanted` (a parameter
 * such as '$1'; null: of all), so nothing is added twice.
 */
export function highest(wanted: string): string {
  return `(SELECT o.id FROM organisation o
    WHERE (${wanted}::integer IS NULL OR o.id IN
        (SELECT organisation_id FROM organisation_tree WHERE ancestor_id = ${wanted}))
      AND (o.id = ${wanted} OR NOT EXISTS (SELECT FROM organisation p WHERE p.id = o.parent_id)))`;
}
