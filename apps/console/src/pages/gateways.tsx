import { Button } from '@digdir/designsystemet-react';
import type { Gateway, Page } from '@rmh/contract/api';
import { useState } from 'react';
import { useGet, useMay, useWrite } from '../api/api.ts';
import { useNowMs } from '../api/clock.ts';
import { whenText } from '../format.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ModalDialog, OnceShown, TextInput } from '../parts/fields.tsx';
import { Answer, Fault, Panel } from '../parts/page.tsx';
import { Marked, type Tone } from '../parts/status.tsx';
import { useLanguage, useWords } from '../words/words.ts';

const STATE_TONES: Readonly<Record<Gateway['state'], Tone>> = {
  awaited: 'unknown',
  up: 'good',
  silent: 'bad',
  revoked: 'off',
};

export function Gateways() {
  const t = useWords();
  const may = useMay();
  const list = useGet<Page<Gateway>>('/gateways', {}, { everyMs: 15_000 });
  const invite = useWrite<{ token: string }>(['/gateways']);
  const [making, setMaking] = useState(false);
  const onInvite = ({ id }: Gateway): void => {
    const path = `/gateways/${id}/enrolment-tokens`;
    invite.mutate({ path, body: {}, idempotencyKey: crypto.randomUUID() });
  };
  return (
    <Panel
      title={t('admin.gateways')}
      tools={
        may('gateway.write') && (
          <Button variant="secondary" onClick={() => setMaking(true)}>
            {t('gateway.new')}
          </Button>
        )
      }
    >
      {invite.data !== undefined && (
        <OnceShown secret={invite.data.token} note={t('gateway.tokenOnce')} />
      )}
      {invite.error !== null && <Fault error={invite.error} />}
      <Answer of={list}>
        {({ items }) => (
          <GatewayTable gateways={items} onInvite={may('gateway.write') ? onInvite : null} />
        )}
      </Answer>
      {making && <NewGateway onClose={() => setMaking(false)} />}
    </Panel>
  );
}

interface GatewayTableProps {
  readonly gateways: readonly Gateway[];
  readonly onInvite: ((gateway: Gateway) => void) | null;
}

function GatewayTable({ gateways, onInvite }: GatewayTableProps) {
  const t = useWords();
  const language = useLanguage();
  const nowMs = useNowMs();
  return (
    <DataTable
      caption={t('admin.gateways')}
      rows={gateways}
      rowKey={({ id }) => id}
      empty={t('gateway.none')}
      columns={[
        { key: 'name', head: t('column.name'), names: true, cell: ({ name }) => name },
        { key: 'site', head: t('column.site'), cell: ({ site }) => site },
        {
          key: 'state',
          head: t('column.state'),
          cell: ({ state }) => <Marked tone={STATE_TONES[state]}>{t(`gateway.${state}`)}</Marked>,
        },
        {
          key: 'units',
          head: t('gateway.units'),
          numeric: true,
          cell: ({ unitsActive }) => unitsActive ?? '–',
        },
        {
          key: 'heard',
          head: t('column.heard'),
          cell: ({ heardAt }) => (heardAt === null ? '–' : whenText(language, heardAt, nowMs)),
        },
        {
          key: 'endpoint',
          head: t('column.endpoint'),
          spare: true,
          cell: ({ endpoint }) => <code>{endpoint}</code>,
        },
        {
          key: 'invite',
          head: <span className="unseen">{t('unit.invite')}</span>,
          cell: (gateway) =>
            onInvite !== null && (
              <Button
                variant="tertiary"
                aria-label={`${t('unit.invite')}: ${gateway.name}`}
                onClick={() => onInvite(gateway)}
              >
                {t('unit.invite')}
              </Button>
            ),
        },
      ]}
    />
  );
}

function NewGateway({ onClose }: { readonly onClose: () => void }) {
  const t = useWords();
  const [name, setName] = useState('');
  const [site, setSite] = useState('');
  const [endpoint, setEndpoint] = useState('');
  const [allowed, setAllowed] = useState('');
  const write = useWrite(['/gateways']);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const allowedIps = allowed.trim().split(/[\s,]+/);
    write.mutate(
      { path: '/gateways', body: { name, site, endpoint, allowedIps } },
      { onSuccess: onClose },
    );
  };
  return (
    <ModalDialog title={t('gateway.new')} open onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <TextInput label={t('column.name')} value={name} onChange={setName} required />
        <TextInput label={t('column.site')} value={site} onChange={setSite} required />
        <TextInput
          label={t('column.endpoint')}
          value={endpoint}
          placeholder="192.0.2.1:51820"
          onChange={setEndpoint}
          required
        />
        <TextInput
          label={t('gateway.allowed')}
          value={allowed}
          placeholder="10.64.0.0/16"
          onChange={setAllowed}
          required
        />
        {write.error !== null && <Fault error={write.error} />}
        <Button type="submit" loading={write.isPending}>
          {t('action.save')}
        </Button>
      </form>
    </ModalDialog>
  );
}
