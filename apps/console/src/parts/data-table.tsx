// A table of rows. What is wider than the page scrolls inside its own frame, by keyboard too.
import { useId } from 'react';

export interface Column<Row> {
  readonly key: string;
  readonly head: React.ReactNode;
  readonly cell: (row: Row) => React.ReactNode;
  readonly numeric?: boolean;
  /** The cell that names the row. */
  readonly names?: boolean;
  /** Never broken: times, short words. */
  readonly tight?: boolean;
  /** Left out where the page is narrow; 'phone': only where it is as narrow as a telephone. */
  readonly spare?: boolean | 'phone';
}

interface DataTableProps<Row> {
  readonly caption: string;
  readonly captionShown?: boolean;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string | number;
  readonly isChosen?: (row: Row) => boolean;
  readonly empty?: React.ReactNode;
  readonly tall?: boolean;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, captionShown = false, columns, rows, rowKey, isChosen, empty, tall } = props;
  const id = useId();
  if (rows.length === 0 && empty !== undefined) return <div className="nothing">{empty}</div>;
  return (
    <section
      className={tall === true ? 'table-frame tall' : 'table-frame'}
      aria-labelledby={id}
      tabIndex={0}
    >
      <table className="table">
        <caption id={id} className={captionShown ? undefined : 'unseen'}>
          {caption}
        </caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={classOf(column)}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className={isChosen?.(row) === true ? 'chosen' : undefined}>
              {columns.map((column) =>
                column.names === true ? (
                  <th key={column.key} scope="row" className={classOf(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.key} className={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function classOf({ numeric, tight, spare }: Column<never>): string | undefined {
  const names = [
    numeric === true && 'numeric',
    tight === true && 'tight',
    spare === true && 'spare',
    spare === 'phone' && 'spare-phone',
  ].filter(Boolean);
  return names.length === 0 ? undefined : names.join(' ');
}
