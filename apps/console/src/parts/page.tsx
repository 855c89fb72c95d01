// What every page is made of: its head, panels, and the three states of an answer that is awaited.
import { ApiProblem } from '@rmh/contract/client';
import { useEffect, useId } from 'react';
import { useWords, type Word } from '../words/words.ts';

interface PageProps {
  readonly title: string;
  /** Beside the title: marks, a sentence. */
  readonly aside?: React.ReactNode;
  /** Filters and choices. */
  readonly tools?: React.ReactNode;
  readonly children: React.ReactNode;
  readonly wide?: boolean;
}

export function PageFrame({ title, aside, tools, children, wide }: PageProps) {
  const t = useWords();
  useEffect(() => {
    document.title = `${title} – ${t('product.name')}`;
  }, [title, t]);
  return (
    <div className={wide === true ? 'page page-wide' : 'page'}>
      <header className="page-head">
        <h1 tabIndex={-1}>{title}</h1>
        {aside}
        {tools !== undefined && <div className="page-tools">{tools}</div>}
      </header>
      {children}
    </div>
  );
}

interface PanelProps {
  readonly title: string;
  readonly note?: React.ReactNode;
  readonly tools?: React.ReactNode;
  readonly className?: string;
  readonly children: React.ReactNode;
}

export function Panel({ title, note, tools, className, children }: PanelProps) {
  const id = useId();
  return (
    <section className={`panel ${className ?? ''}`} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {note !== undefined && <p className="quiet">{note}</p>}
        {tools !== undefined && <div className="panel-tools">{tools}</div>}
      </header>
      {children}
    </section>
  );
}

interface Awaited<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
}

/** Shows an answer, or that it is on its way, or why it does not come. Old answers stay. */
export function Answer<T>(props: {
  readonly of: Awaited<T>;
  readonly children: (data: T) => React.ReactNode;
}) {
  const { data, error } = props.of;
  const t = useWords();
  if (data !== undefined) {
    return (
      <>
        {error !== null && <Fault error={error} />}
        {props.children(data)}
      </>
    );
  }
  if (error !== null) return <Fault error={error} />;
  return (
    <p className="quiet waiting" role="status">
      {t('answer.waiting')}
    </p>
  );
}

const PROBLEM_WORDS: Readonly<Record<number, Word>> = {
  401: 'problem.signedOut',
  403: 'problem.forbidden',
  404: 'problem.notFound',
  409: 'problem.conflict',
  412: 'problem.changed',
  429: 'problem.tooMany',
};

// What the database refused, where the answer names only its rule.
const RULE_WORDS: Readonly<Record<string, Word>> = {
  'refused by vehicle_organisation_id_call_sign_key': 'problem.callSign',
  'refused by unit_serial_key': 'problem.serial',
  'refused by unit_of_vehicle': 'problem.unitOfVehicle',
  'refused by subscription_iccid_key': 'problem.iccid',
  'refused by gateway_name_key': 'problem.name',
  'refused by carrier_key_key': 'problem.name',
};

// Fields as a form calls them; one that is not here stays as the API calls it.
const FIELD_WORDS: Readonly<Record<string, Word>> = {
  callSign: 'column.callSign',
  registration: 'column.registration',
  vehicleId: 'column.vehicle',
  organisationId: 'column.organisation',
  serial: 'column.serial',
  model: 'column.model',
  name: 'column.name',
  reason: 'word.reason',
  target: 'recipient.address',
  pool: 'network.pool',
  rotateKeysHours: 'network.rotate',
};

export function Fault({ error }: { readonly error: Error }) {
  const t = useWords();
  const problem = error instanceof ApiProblem ? error.problem : null;
  const word = problem === null ? 'problem.unreachable' : PROBLEM_WORDS[problem.status];
  const rule = RULE_WORDS[problem?.detail ?? ''];
  return (
    <div className="fault" role="alert">
      <strong>{t(word ?? 'problem.other')}</strong>
      {problem?.detail !== undefined && <p>{rule === undefined ? problem.detail : t(rule)}</p>}
      {problem?.fields !== undefined && (
        <ul>
          {problem.fields.map(({ field, reason }) => {
            const name = FIELD_WORDS[field];
            return (
              <li key={field}>
                {name === undefined ? <code>{field}</code> : t(name)}: {reason}
              </li>
            );
          })}
        </ul>
      )}
      {problem?.requestId !== undefined && (
        <p className="quiet">{t('problem.request', { id: problem.requestId })}</p>
      )}
    </div>
  );
}

/** Name and value pairs, as a list that screen readers know. */
export function Facts(props: { readonly of: readonly (readonly [string, React.ReactNode])[] }) {
  return (
    <dl className="facts">
      {props.of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
