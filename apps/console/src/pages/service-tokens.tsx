import { Button } from '@digdir/designsystemet-react';
import type { Page, ServiceToken, Verb } from '@rmh/contract/api';
import { useState } from 'react';
import { useGet, useMay, useWrite } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { TOKEN_VERB_NAMES } from '../choices.ts';
import { timeText, whenText } from '../format.ts';
import { OrganisationChoice } from '../parts/choices.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { ModalDialog, OnceShown, TextInput } from '../parts/fields.tsx';
import { Answer, Fault, Panel } from '../parts/page.tsx';
import { useLanguage, useWords } from '../words/words.ts';

const DAY_MS = 86_400_000;
// Long enough for a year's contract with some slack before it must be renewed.
const DAYS_PROPOSED = '365';

export function ServiceTokens() {
  const t = useWords();
  const may = useMay();
  const list = useGet<Page<ServiceToken>>('/service-tokens');
  const [making, setMaking] = useState(false);
  const revoke = useWrite(['/service-tokens']);
  return (
    <Panel
      title={t('admin.tokens')}
      note={t('token.note')}
      tools={
        may('token.write') && (
          <Button variant="secondary" onClick={() => setMaking(true)}>
            {t('token.new')}
          </Button>
        )
      }
    >
      {revoke.error !== null && <Fault error={revoke.error} />}
      <Answer of={list}>
        {({ items }) => (
          <TokenTable
            tokens={items}
            onRevoke={({ id, version }) =>
              revoke.mutate({ path: `/service-tokens/${id}`, method: 'DELETE', version })
            }
          />
        )}
      </Answer>
      {making && <NewToken onClose={() => setMaking(false)} />}
    </Panel>
  );
}

interface TokenTableProps {
  readonly tokens: readonly ServiceToken[];
  readonly onRevoke: (token: ServiceToken) => void;
}

function TokenTable({ tokens, onRevoke }: TokenTableProps) {
  const t = useWords();
  const may = useMay();
  const language = useLanguage();
  const nowMs = useNowMs();
  return (
    <DataTable
      caption={t('admin.tokens')}
      rows={tokens}
      rowKey={({ id }) => id}
      empty={t('token.none')}
      columns={[
        { key: 'name', head: t('column.name'), names: true, cell: ({ name }) => name },
        {
          key: 'verbs',
          head: t('token.verbs'),
          cell: ({ verbs }) => <code>{verbs.join(' ')}</code>,
        },
        {
          key: 'expires',
          head: t('token.expires'),
          cell: ({ expiresAt }) => timeText(language, 'date', expiresAt),
        },
        {
          key: 'used',
          head: t('token.used'),
          cell: ({ lastUsedAt }) =>
            lastUsedAt === null ? '–' : whenText(language, lastUsedAt, nowMs),
        },
        {
          key: 'revoke',
          head: <span className="unseen">{t('unit.revoke')}</span>,
          cell: (token) =>
            token.revokedAt !== null ? (
              t('unit.revoked')
            ) : may('token.write') ? (
              <Button
                variant="tertiary"
                data-color="danger"
                aria-label={`${t('unit.revoke')}: ${token.name}`}
                onClick={() => onRevoke(token)}
              >
                {t('unit.revoke')}
              </Button>
            ) : null,
        },
      ]}
    />
  );
}

function NewToken({ onClose }: { readonly onClose: () => void }) {
  const t = useWords();
  const nowMs = useNowMs();
  const [name, setName] = useState('');
  const [organisationId, setOrganisation] = useState('');
  const [days, setDays] = useState(DAYS_PROPOSED);
  const [verbs, setVerbs] = useState<ReadonlySet<Verb>>(new Set());
  const write = useWrite<{ secret: string }>(['/service-tokens']);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const expiresAt = new Date(nowMs + Number(days) * DAY_MS).toISOString();
    const body = { organisationId: Number(organisationId), name, verbs: [...verbs], expiresAt };
    write.mutate({ path: '/service-tokens', body });
  };
  return (
    <ModalDialog title={t('token.new')} open onClose={onClose}>
      {write.data !== undefined ? (
        <OnceShown secret={write.data.secret} note={t('token.once')} />
      ) : (
        <form className="form" onSubmit={submit}>
          <TextInput label={t('column.name')} value={name} onChange={setName} required />
          <OrganisationChoice one value={organisationId} onChange={setOrganisation} />
          <TextInput label={t('token.days')} type="number" value={days} onChange={setDays} />
          <fieldset className="checks">
            <legend>{t('token.verbs')}</legend>
            {TOKEN_VERB_NAMES.map((verb) => (
              <label key={verb} className="check">
                <input
                  type="checkbox"
                  checked={verbs.has(verb)}
                  onChange={() => setVerbs(verbs.symmetricDifference(new Set([verb])))}
                />
                <code>{verb}</code>
              </label>
            ))}
          </fieldset>
          {write.error !== null && <Fault error={write.error} />}
          <Button
            type="submit"
            loading={write.isPending}
            disabled={organisationId === '' || verbs.size === 0}
          >
            {t('action.save')}
          </Button>
        </form>
      )}
    </ModalDialog>
  );
}
