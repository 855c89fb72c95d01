// A document from the platform, part by part: what its PDF says, as a page.
import type { DocumentPart } from '@rmh/contract/api';
import { DataTable } from './data-table.tsx';
import { Facts } from './page.tsx';

export function DocumentParts({ parts }: { readonly parts: readonly DocumentPart[] }) {
  return (
    <div className="document">
      {parts.map((part, at) => (
        // Parts never move.
        // oxlint-disable-next-line react/no-array-index-key
        <Part key={at} part={part} />
      ))}
    </div>
  );
}

function Part({ part }: { readonly part: DocumentPart }) {
  switch (part.kind) {
    case 'heading':
      return part.level === 2 ? <h2>{part.text}</h2> : <h3>{part.text}</h3>;
    case 'paragraph':
      return <p>{part.text}</p>;
    case 'facts':
      return <Facts of={part.facts.map(({ name, value }) => [name, value])} />;
    case 'table':
      return <TablePart table={part} />;
    case 'bars':
      return <BarsPart bars={part} />;
    case 'page-break':
      return <hr className="page-break" />;
  }
}

type TableOfPart = Extract<DocumentPart, { kind: 'table' }>;

function TablePart({ table }: { readonly table: TableOfPart }) {
  return (
    <DataTable
      caption={table.caption}
      captionShown
      rows={table.rows}
      rowKey={([name = '']) => name}
      columns={table.columns.map(({ name, align }, at) => ({
        key: name,
        head: name,
        names: at === 0,
        numeric: align === 'right',
        cell: (row: readonly string[]) => row[at] ?? '',
      }))}
    />
  );
}

type BarsOfPart = Extract<DocumentPart, { kind: 'bars' }>;

/** The bar repeats the text beside it, so it is for eyes alone. */
function BarsPart({ bars: { caption, columns, bars } }: { readonly bars: BarsOfPart }) {
  const most = Math.max(...bars.map(({ value }) => value ?? 0), Number.MIN_VALUE);
  return (
    <DataTable
      caption={caption}
      captionShown
      rows={bars}
      rowKey={({ name }) => name}
      columns={[
        { key: 'name', head: columns[0], names: true, cell: ({ name }) => name },
        { key: 'value', head: columns[1], numeric: true, cell: ({ text }) => text },
        {
          key: 'bar',
          head: <span className="unseen">{columns[1]}</span>,
          spare: 'phone',
          cell: ({ value }) => (
            <span className="lost-bar" aria-hidden="true">
              {value !== null && (
                <span className="chart-1" style={{ width: `${(value / most) * 100}%` }} />
              )}
            </span>
          ),
        },
      ]}
    />
  );
}
